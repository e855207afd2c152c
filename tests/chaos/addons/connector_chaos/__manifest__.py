{
    "name": "Connector Chaos",
    "version": "19.0.1.0.0",
    "summary": "Test only: a platform made to be killed, delayed and flooded",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["connector_base"],
}
