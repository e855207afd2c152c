"""Parts of an account: their own settings, and channels that are for some of them only."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.connector_base.canonical import Customer, Scope
from odoo.addons.connector_base.transport import ConnectionReport

from .common import BackendCase
from .order_common import EngineCase, FakeAdapter, add_test_platform, make_order
from .product_in_common import make_product

SCOPES = (
    Scope(
        external_id="website:1", name="Europe", kind="website", code="europe", currency="EUR", channel_external_id="W1"
    ),
    Scope(external_id="store:1", name="Main", kind="store", parent_external_id="website:1"),
    Scope(external_id="store_view:1", name="French", kind="store_view", parent_external_id="store:1", language="fr-FR"),
    Scope(
        external_id="store_view:2", name="English", kind="store_view", parent_external_id="store:1", language="en-US"
    ),
    Scope(external_id="website:2", name="America", kind="website", channel_external_id="W2"),
    Scope(external_id="store:2", name="US", kind="store", parent_external_id="website:2"),
    Scope(external_id="store_view:3", name="US view", kind="store_view", parent_external_id="store:2", active=False),
)


class ScopesAdapter(FakeAdapter):
    def __init__(self):
        self.scopes = SCOPES

    def _capabilities(self):
        return super()._capabilities() | {"scopes"}

    def _fetch_scopes(self, backend):
        return self.scopes


@tagged("post_install", "-at_install")
class TestScopes(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adapter = ScopesAdapter()
        for patcher in add_test_platform(cls.registry, cls.adapter):
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.backend.state = "connected"
        cls.backend._read_scopes()

    def setUp(self):
        super().setUp()
        self.adapter.scopes = SCOPES

    def scope(self, external_id, backend=None):
        domain = [("backend_id", "=", (backend or self.backend).id), ("external_id", "=", external_id)]
        return self.env["integration.scope"].with_context(active_test=False).search(domain)

    def jobs(self):
        domain = [("backend_id", "=", self.backend.id), ("operation", "=", "import_scopes")]
        return self.env["sync.job"].search(domain)

    # === READING === #

    def test_the_tree_is_read(self):
        scopes = self.env["integration.scope"].search([("backend_id", "=", self.backend.id)])
        names = ["America", "America / US", "Europe", "Europe / Main", "Europe / Main / English"]
        self.assertEqual(scopes.mapped("complete_name"), [*names, "Europe / Main / French"])
        self.assertEqual(self.scope("website:1").currency, "EUR")
        self.assertEqual(self.scope("store_view:2").lang_id.code, "en_US")
        self.assertFalse(self.scope("store_view:1").lang_id, "French is not installed")
        self.assertFalse(self.scope("store_view:3").active)

    def test_reading_again(self):
        self.scope("website:1").team_id = team = self.env["crm.team"].create({"name": "Europe"})
        self.adapter.scopes = (
            Scope(external_id="website:1", name="Europe and Asia", kind="website"),
            Scope(external_id="store:1", name="Main", kind="store", parent_external_id="website:1"),
        )
        self.backend.action_refresh_scopes()
        self.assertEqual(self.scope("store:1").complete_name, "Europe and Asia / Main")
        self.assertEqual(self.scope("website:1").team_id, team)
        self.assertFalse(self.scope("website:2").active)
        self.assertFalse(self.scope("store_view:1").active)
        self.adapter.scopes = SCOPES
        self.backend.action_refresh_scopes()
        self.assertTrue(self.scope("website:2").active)

    def test_the_job_reads_them(self):
        job = self.backend._enqueue("import_scopes")
        self.assertEqual(job._run_import_scopes(), "Parts: 6")

    def test_a_manager_reads_them(self):
        manager = new_test_user(self.env, "reader", groups="connector_base.group_integration_manager")
        new = Scope(external_id="website:9", name="Asia", kind="website")
        self.adapter.scopes = (*self.adapter.scopes, new)
        self.backend.with_user(manager).action_refresh_scopes()
        self.assertEqual(self.scope("website:9").name, "Asia")

    def test_connecting_reads_them(self):
        self.backend._read_scopes_soon()
        self.backend._read_scopes_soon()
        self.assertEqual(len(self.jobs()), 1)

    # === ORDERS === #

    def test_an_order_has_the_settings_of_its_scope(self):
        pricelist = self.env["product.pricelist"].create({"name": "Europe", "currency_id": self.company.currency_id.id})
        team = self.env["crm.team"].create({"name": "French team"})
        warehouse = self.env["stock.warehouse"].create({"name": "Lyon", "code": "LYO"})
        plan = self.env["account.analytic.plan"].create({"name": "Shops"})
        account = self.env["account.analytic.account"].create({"name": "Europe", "plan_id": plan.id})
        self.env["res.lang"]._activate_lang("fr_FR")
        self.scope("website:1").write(
            {
                "pricelist_id": pricelist.id,
                "warehouse_id": warehouse.id,
                "analytic_distribution": {str(account.id): 100},
            }
        )
        self.scope("store_view:1").write(
            {"team_id": team.id, "lang_id": self.env["res.lang"]._get_data(code="fr_FR").id}
        )
        self.backend.team_id = other_team = self.env["crm.team"].create({"name": "All"})
        currency = self.company.currency_id.name
        customers = [Customer(external_id=f"C{n}", email=f"c{n}@example.com", name=f"C {n}") for n in range(3)]
        places = ("store_view:1", "store_view:2", "store_view:3")
        self.import_orders(
            *(
                make_order(str(n), scope_external_id=place, currency=currency, customer=customer, email=customer.email)
                for n, (place, customer) in enumerate(zip(places, customers, strict=True))
            )
        )
        french, english, american = (self.order_of(str(n)) for n in range(3))
        self.assertEqual(french.integration_scope_id, self.scope("store_view:1"))
        self.assertEqual((french.team_id, english.team_id, american.team_id), (team, other_team, other_team))
        self.assertEqual((french.pricelist_id, english.pricelist_id), (pricelist, pricelist))
        self.assertFalse(american.pricelist_id)
        self.assertEqual((french.warehouse_id, english.warehouse_id), (warehouse, warehouse))
        self.assertNotEqual(american.warehouse_id, warehouse)
        self.assertEqual(french.order_line.analytic_distribution, {str(account.id): 100})
        self.assertFalse(american.order_line.analytic_distribution)
        self.assertEqual((french.partner_id.lang, english.partner_id.lang), ("fr_FR", "en_US"))

    def test_what_the_platform_says_of_the_language_comes_first(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        customer = Customer(external_id="C7", email="c7@example.com", name="C 7", language="fr")
        order = self.import_order(make_order("7", scope_external_id="store_view:2", customer=customer))
        self.assertEqual(order.partner_id.lang, "fr_FR")

    def test_a_foreign_currency(self):
        code = "EUR" if self.company.currency_id.name != "EUR" else "CHF"
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.active = True
        self.env["res.currency.rate"].create({"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0})
        pricelist = self.env["product.pricelist"].create({"name": "Foreign", "currency_id": currency.id})
        self.scope("website:1").pricelist_id = pricelist
        self.import_orders(
            make_order("1", currency=code, scope_external_id="store_view:1"),
            make_order("2", currency=code, scope_external_id="store_view:3"),
        )
        first, second = self.order_of("1"), self.order_of("2")
        self.assertEqual((first.pricelist_id, first.currency_id), (pricelist, currency))
        self.assertEqual(second.currency_id, currency)

    def test_an_unknown_scope_has_the_channels_settings_and_is_read_soon(self):
        self.backend.team_id = self.env["crm.team"].create({"name": "All"})
        order = self.import_order(make_order("1", scope_external_id="store_view:99"))
        self.assertEqual((order.team_id, order.integration_scope_id.id), (self.backend.team_id, False))
        self.assertEqual(len(self.jobs()), 1)

    def test_no_query_where_there_are_no_scopes(self):
        documents = [make_order(str(number)) for number in range(5)]
        resolver = self.env["integration.scope.resolver"]
        resolver._settings(self.backend, documents)
        self.backend.invalidate_recordset(["scope_ids"])
        with self.assertQueryCount(0):
            resolver._settings(self.backend, documents)
            resolver._note_unknown(self.backend, documents)

    def test_no_query_per_order(self):
        documents = [make_order(str(number), scope_external_id=f"store_view:{number % 3 + 1}") for number in range(30)]
        resolver = self.env["integration.scope.resolver"]
        resolver._settings(self.backend, documents)
        with self.assertQueryCount(0):
            resolver._settings(self.backend, documents)
            for document in documents:
                resolver._skip_reason(self.backend, document)

    # === ONLY CHOSEN === #

    def test_only_chosen_parts(self):
        self.backend.only_scopes = True
        self.scope("store:1").chosen = True
        result = self.import_orders(
            make_order("1", scope_external_id="store_view:1"),
            make_order("2", scope_external_id="store_view:3"),
            make_order("3", scope_external_id="store_view:99"),
            make_order("4"),
        )
        self.assertEqual(result.created, ["1"])
        reasons = dict(result.skipped)
        self.assertIn("America / US / US view", reasons["2"])
        self.assertIn("unknown yet", reasons["3"])
        self.assertIn("names no part", reasons["4"])
        self.assertEqual(len(self.jobs()), 1)

    def test_parts_are_chosen_on_the_channels_page(self):
        manager = new_test_user(self.env, "scopes", groups="connector_base.group_integration_manager")
        with Form(self.backend.with_user(manager)) as form:
            form.only_scopes = True
            with form.scope_ids.edit(0) as line:
                self.assertEqual(line.complete_name, "America")
                line.chosen = True
        self.assertTrue(self.scope("website:2").chosen)
        self.assertFalse(self.backend.is_for_nothing)

    def test_products_of_other_parts(self):
        self.backend.only_scopes = True
        self.scope("store_view:1").chosen = True
        connected = set(self.backend._connected_scopes().mapped("external_id"))
        self.assertEqual(connected, {"store_view:1", "store:1", "website:1"})
        self.scope("website:1").chosen = True
        self.assertIn(self.scope("store_view:2"), self.backend._connected_scopes())
        self.assertNotIn(self.scope("website:2"), self.backend._connected_scopes())
        result = self.env["integration.product.importer"]._import_page(
            self.backend,
            [
                make_product("1", channel_ids=("W1", "W2")),
                make_product("2", channel_ids=("W2",)),
                make_product("3"),
            ],
        )
        self.assertEqual([key for key, _reason in result.skipped], ["2"])
        self.assertIn("in none of the parts", dict(result.skipped)["2"])
        self.assertEqual(len(result.created), 2, result.failed)


@tagged("post_install", "-at_install")
class TestSharedAccount(BackendCase):
    """Two companies, one account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Adapter = cls.registry["integration.adapter.fake"]
        for name, value in {
            "_capabilities": lambda self: frozenset({"orders_in", "scopes"}),
            "_fetch_scopes": lambda self, backend: SCOPES,
            "_count_orders": lambda self, backend, since: 0,
        }.items():
            patcher = patch.object(Adapter, name, value)
            patcher.start()
            cls.addClassCleanup(patcher.stop)
        cls.other = cls.env["integration.backend"].create(
            {"name": "Second Shop", "platform": "fake", "company_id": cls.other_company.id}
        )
        for backend in (cls.backend, cls.other):
            backend._set_secret("token", "t")
            backend._read_scopes()

    def connect(self, backend):
        self.fake.report = ConnectionReport(account_name="Shop", account_key="one.example")
        backend.with_company(backend.company_id).action_connect()

    def choose(self, backend, *external_ids):
        backend.scope_ids.filtered(lambda scope: scope.external_id in external_ids).chosen = True

    def test_a_whole_account_is_not_shared(self):
        self.connect(self.backend)
        with self.assertRaisesRegex(UserError, "Only chosen parts"):
            self.connect(self.other)

    def test_sharing(self):
        self.connect(self.backend)
        self.backend.only_scopes = True
        self.choose(self.backend, "website:1")
        self.connect(self.other)
        self.assertTrue(self.other.only_scopes)
        self.assertEqual((self.backend.is_for_nothing, self.other.is_for_nothing), (False, True))
        self.assertEqual(self.backend._budget_key(), self.other._budget_key())
        self.choose(self.other, "website:2")
        with self.assertRaisesRegex(ValidationError, "French"):
            self.choose(self.other, "store_view:1")

    def test_nobody_takes_the_whole_again(self):
        self.connect(self.backend)
        self.backend.only_scopes = True
        self.connect(self.other)
        for backend in (self.backend, self.other):
            with self.assertRaisesRegex(ValidationError, "share the account"):
                backend.only_scopes = False
        self.other.action_disconnect()
        self.backend.only_scopes = False
        self.assertFalse(self.backend.only_scopes)

    def test_rights(self):
        scope = self.backend.scope_ids[0]
        scope.with_user(self.manager).write({"chosen": True})
        self.assertTrue(scope.with_user(self.salesman).complete_name)
        for user in (self.user, self.salesman):
            with self.assertRaises(AccessError):
                scope.with_user(user).write({"chosen": False})
        with self.assertRaises(AccessError):
            scope.with_user(self.stranger).read(["name"])
        with self.assertRaises(AccessError):
            scope.with_user(self.employee).read(["name"])
