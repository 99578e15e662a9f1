//! `openapi.json` is written by hand: held here to the routes and to the types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vestibule::domain::client::Policy;

use super::support::{DOCUMENT, Program, api_entry};
use crate::support::app::TestApp;

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

/// Addresses with their methods, as `crates/web/src/api/mod.rs` registers them.
fn registered() -> BTreeMap<String, BTreeSet<String>> {
    let source = include_str!("../../../crates/web/src/api/mod.rs");
    let mut routes = BTreeMap::new();
    for resource in source.split("resource(\"").skip(1) {
        let (path, rest) = resource.split_once('"').unwrap();
        let methods = rest
            .split(".route(")
            .skip(1)
            .map(|route| route.split('(').next().unwrap());
        // The answer to HEAD is that to GET without a body.
        let methods = methods.filter(|method| *method != "head").map(str::to_owned);
        routes.insert(format!("/api{path}"), methods.collect());
    }
    routes
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let paths = document()["paths"].as_object().unwrap().clone();
    let described = paths.into_iter().map(|(path, operations)| {
        let methods = operations
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters");
        (path, methods.cloned().collect())
    });
    let described: BTreeMap<String, BTreeSet<String>> = described.collect();
    assert_eq!(described, registered());
    assert!(described.len() >= 4, "the routes were not found");
}

#[test]
fn an_entry_has_the_fields_that_are_described() {
    let schema = &document()["components"]["schemas"]["Policy"];
    let described: BTreeSet<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let mut full = api_entry("clients:read");
    for optional in ["backchannel_logout_uri", "backchannel_ca", "site", "sector"] {
        full[optional] = json!("x");
    }
    full["userinfo_algorithm"] = json!("ES256");
    let full: Policy = serde_json::from_value(full).unwrap();
    let full = serde_json::to_value(full).unwrap();
    let there: BTreeSet<String> = full.as_object().unwrap().keys().cloned().collect();
    assert_eq!(described, there);
    for (field, described) in schema["properties"].as_object().unwrap() {
        if let Some(default) = described.get("default") {
            let bare: Policy = serde_json::from_value(api_entry("clients:read")).unwrap();
            assert_eq!(&serde_json::to_value(bare).unwrap()[field], default, "{field}");
        }
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    for field in required {
        let mut without = api_entry("clients:read");
        without.as_object_mut().unwrap().remove(field);
        assert!(
            serde_json::from_value::<Policy>(without).is_err(),
            "{field} may be left out"
        );
    }
}

#[actix_web::test]
async fn anybody_may_read_it() {
    let app = TestApp::start().await;
    let page = Program::nobody(&app, &app.portal)
        .call("GET", "/openapi.json", None)
        .await;
    assert_eq!(page.header("content-type"), Some("application/json"));
    assert_eq!(page.text(), DOCUMENT);
    app.stop().await;
}
