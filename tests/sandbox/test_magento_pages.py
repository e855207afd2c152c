"""What a merchant does to the catalogue of a Magento shop on its pages."""


def test_the_merchants_pages(magento):
    made = magento.control("POST", "/products", {"title": "Tee <b>", "sku": "TEE", "options": {"Size": ["S", "M"]}})
    listed = magento.client.get(f"/shop/{magento.domain}/")
    assert "Tee &lt;b&gt;" in listed.text
    assert "TEE-S" not in listed.text
    here = f"/shop/{magento.domain}/products/{made['id']}"
    assert "TEE-M" in magento.client.get(here).text
    change = {"title": "Shirt", "price": "12.5", "status": "DRAFT"}
    assert magento.client.post(f"{here}/edit", data=change).status_code == 303
    after = magento.control("GET", f"/products/{made['id']}")
    assert (after["title"], after["status"], after["variants"][1]["price"]) == ("Shirt", "DRAFT", "12.50")
    assert (
        "Please enter a number 0 or greater" in magento.client.post(f"{here}/edit", data={**change, "price": -1}).text
    )
    magento.client.post(f"{here}/picture")
    (picture,) = magento.control("GET", f"/products/{made['id']}")["media"]
    magento.client.post(f"{here}/unpicture", data={"picture": picture})
    assert magento.control("GET", f"/products/{made['id']}")["media"] == []
    magento.client.post(f"{here}/delete")
    assert magento.control("GET", "/products")["products"] == []
    assert magento.client.get(here).status_code == 404
    assert magento.client.get(f"/shop/{magento.domain}/nothing").status_code == 404
