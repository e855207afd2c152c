"""``python -m sandbox --port 8070 --data DIR``: serve until Ctrl-C or SIGTERM."""

import argparse
import gc
import signal
import sys
import threading

from .factory import build
from .framework.server import Server
from .framework.store import Busy


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Stand-ins for platforms' APIs")
    parser.add_argument("--host", default="127.0.0.1", help="the interface to listen on; 0.0.0.0 in a container")
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument("--data", required=True, help="folder for the state; kept between runs")
    parser.add_argument("--deliver-to", help="send webhooks to this http://host:port instead of their own host")
    parser.add_argument("--odoo", help="the same as --deliver-to: where Odoo listens")
    parser.add_argument("--no-seed", action="store_true", help="do not make the demonstration shop")
    options = parser.parse_args(arguments)
    try:
        sandbox = build(options.data, options.deliver_to or options.odoo, seed=not options.no_seed)
    except Busy as error:
        print(error, file=sys.stderr)
        return 1
    try:
        server = Server((options.host, options.port), sandbox)
    except OSError as error:
        sandbox.close()
        print(f"port {options.port} cannot be used: {error.strerror}. Give another --port", file=sys.stderr)
        return 1
    # The state stays for good: walking it in every collection doubles the time of an answer.
    gc.collect()
    gc.freeze()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    sandbox.start()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    print(f"sandbox: http://127.0.0.1:{server.server_address[1]}/", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    sandbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
