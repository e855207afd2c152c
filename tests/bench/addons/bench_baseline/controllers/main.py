from odoo import http
from odoo.http import request


class BenchBaselineController(http.Controller):
    @http.route(
        "/bench/insert", type="http", auth="public", methods=["POST"], csrf=False, save_session=False, readonly=False
    )
    def insert(self):
        """Do one INSERT; Odoo commits."""
        received = request.httprequest
        request.env.cr.execute(
            "INSERT INTO bench_baseline_event (delivery, body) VALUES (%s, %s)",
            [received.headers["X-Delivery"], received.get_data(cache=False)],
        )
        return request.make_response(b"", [("Content-Type", "text/plain")])
