# Odoo 19 with the connectors: the official image, what the addons need from PyPI, the addons.
FROM odoo:19

USER root
COPY requirements.txt /tmp/requirements.txt
# The image's Odoo is a Debian package, which pip may not recognise as what OCA's package requires: hence --no-deps for it.
RUN grep '^odoo-addon' /tmp/requirements.txt > /tmp/addons.txt \
    && grep -v '^odoo-addon' /tmp/requirements.txt > /tmp/libraries.txt \
    && pip3 install --no-cache-dir --break-system-packages --no-deps -r /tmp/addons.txt \
    && pip3 install --no-cache-dir --break-system-packages -r /tmp/libraries.txt openupgradelib \
    && rm /tmp/requirements.txt /tmp/addons.txt /tmp/libraries.txt
COPY docker/odoo.conf /etc/odoo/odoo.conf
COPY docker/start /usr/local/bin/start
COPY connector_base /mnt/extra-addons/connector_base
COPY connector_base_mrp /mnt/extra-addons/connector_base_mrp
COPY connector_base_website_sale /mnt/extra-addons/connector_base_website_sale
COPY connector_magento /mnt/extra-addons/connector_magento
COPY connector_shopify /mnt/extra-addons/connector_shopify
# The stand-in shop of the profile `demo`; nothing of it runs otherwise.
COPY sandbox /opt/demo/sandbox
RUN mkdir /var/lib/shop && chown odoo:odoo /var/lib/shop

USER odoo
ENTRYPOINT ["/usr/local/bin/start"]
