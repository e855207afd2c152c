{
    "name": "Bench Baseline",
    "version": "19.0.1.0.0",
    "summary": "Bench only: a controller that does nothing but one INSERT",
    "author": "Connector Suite Maintainers",
    "website": "https://github.com/connector-suite/connector-suite",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
    "data": ["security/ir.model.access.csv"],
}
