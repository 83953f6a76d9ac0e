//! Literal documents about the report of all devices.

/// "MFA Reports": the body of a request, after the example for SMS devices.
pub(crate) const REPORT: &str = r#"{
    "dataExplorationTemplate": {"id": "db632bfd-7054-4bde-b108-a384aac2d513"},
    "fields": [{"name": "userId"}, {"name": "phone"}, {"name": "deviceStatus"}, {"name": "deviceId"}],
    "filter": "(deviceType eq \"WHATSAPP\")",
    "sync": "true",
    "deliverAs": "ENTRIES"
}"#;

/// "MFA Reports": its answer. Open: how an entry looks is documented nowhere.
pub(crate) const REPORTED: &str = r#"{
    "_links": {
        "self": {"href": "http://HOST/v1/environments/ENV/dataExplorations/REPORT"},
        "environment": {"href": "http://HOST/v1/environments/ENV"},
        "entries": {"href": "http://HOST/v1/environments/ENV/dataExplorations/REPORT/entries"}
    },
    "id": "REPORT",
    "environment": {"id": "ENV"},
    "dataExplorationTemplate": {"id": "db632bfd-7054-4bde-b108-a384aac2d513"},
    "fields": [{"name": "userId"}, {"name": "phone"}, {"name": "deviceStatus"}, {"name": "deviceId"}],
    "filter": "(deviceType eq \"WHATSAPP\")",
    "sync": "true",
    "deliverAs": "ENTRIES",
    "status": "SUCCESS",
    "createdAt": "NOW",
    "size": 1,
    "_embedded": {
        "entries": [{
            "userId": "USER",
            "phone": "+1.5125551234",
            "deviceStatus": "ACTIVE",
            "deviceId": "DEVICE"
        }]
    }
}"#;
