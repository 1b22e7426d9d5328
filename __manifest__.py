{
    "name": "Utility Billing Synchronisation",
    "summary": "Water and sewerage: meters shared between billing sections, exchange with Sage FRP 1000",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Utility Billing Sync contributors",
    "website": "",
    "depends": ["account"],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "views/utility_section_views.xml",
        "views/utility_connection_point_views.xml",
        "views/utility_subscription_views.xml",
        "views/utility_meter_views.xml",
        "views/utility_reading_views.xml",
        "views/res_partner_views.xml",
        "views/res_users_views.xml",
        "views/res_config_settings_views.xml",
        "wizards/utility_synchronize_views.xml",
        "wizards/utility_meter_attach_views.xml",
        "wizards/utility_meter_replace_views.xml",
        "views/menus.xml",
    ],
    "demo": [
        "demo/utility_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "utility_billing_sync/static/src/js/*.js",
        ],
        "web.assets_tests": [
            "utility_billing_sync/static/tests/tours/*.js",
        ],
    },
    "application": True,
}
