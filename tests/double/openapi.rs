//! Bodies against Discord's `OpenAPI` description, where that is at hand.
//!
//! It is no part of the project: `DISCORD_OPENAPI` names it, or it lies beside the repository.
//! Without it our own rules (`strict`) hold alone, and one line says so.

use crate::double::route::Endpoint;
use crate::double::strict::Problems;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

/// The description, and the validators made of it so far. All doubles of a process share them.
struct Description {
    document: Value,
    validators: Mutex<BTreeMap<Endpoint, &'static Validator>>,
}

/// Whether there is a description.
pub(crate) fn is_at_hand() -> bool {
    description().is_some()
}

/// Adds what the description says against a body.
pub(crate) fn check(endpoint: Endpoint, body: &Value, problems: &mut Problems) {
    let Some(description) = description() else {
        return;
    };
    for error in description.validator(endpoint).iter_errors(body) {
        let path = error.instance_path().as_str().split('/').skip(1);
        let path = path.map(str::to_owned).collect();
        let text: String = error.to_string().chars().take(300).collect();
        problems.add(path, "OPENAPI_SCHEMA", text);
    }
}

fn description() -> Option<&'static Description> {
    static DESCRIPTION: OnceLock<Option<Description>> = OnceLock::new();
    DESCRIPTION.get_or_init(load).as_ref()
}

#[expect(clippy::disallowed_methods, reason = "a test asks where its data is")]
#[expect(clippy::print_stderr, reason = "what was not checked is said")]
fn load() -> Option<Description> {
    let beside = "../shared/reference/discord-openapi.json";
    let path = std::env::var_os("DISCORD_OPENAPI").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(beside),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: bodies are not checked against Discord's OpenAPI description");
        return None;
    };
    let document = serde_json::from_str(&text).expect("the description is JSON");
    Some(Description {
        document: loosened(document),
        validators: Mutex::default(),
    })
}

/// Two places where the description is narrower than Discord: permissions may be a text, and the
/// numbers of files are numbers.
fn loosened(mut document: Value) -> Value {
    let schemas = &mut document["components"]["schemas"];
    let permissions = json!({"type": ["integer", "string", "null"]});
    for command in [
        "ApplicationCommandUpdateRequest",
        "ApplicationCommandCreateRequest",
    ] {
        schemas[command]["properties"]["default_member_permissions"] = permissions.clone();
    }
    schemas["MessageAttachmentRequest"]["properties"]["id"] =
        json!({"type": ["integer", "string"]});
    document
}

impl Description {
    /// The validator of an endpoint, made when it is first asked for. It is needed as long as the
    /// process lives.
    fn validator(&self, endpoint: Endpoint) -> &'static Validator {
        let mut validators = self.validators.lock().expect("making one does not panic");
        validators.entry(endpoint).or_insert_with(|| {
            let validator = jsonschema::validator_for(&self.schema(endpoint));
            Box::leak(Box::new(validator.expect("the description is a schema")))
        })
    }

    /// The schema of a body, with all that it refers to.
    fn schema(&self, endpoint: Endpoint) -> Value {
        let (method, template) = endpoint.template();
        let escape = |text: &str| {
            let text = text.replace('~', "~0").replace('/', "~1");
            text.replace('{', "%7B")
                .replace('}', "%7D")
                .replace('@', "%40")
        };
        let (path, method) = (escape(template), method.to_lowercase());
        let place = format!("#/paths/{path}/{method}/requestBody/content/application~1json/schema");
        json!({
            "$ref": place,
            "paths": {template: self.document["paths"][template]},
            "components": self.document["components"],
        })
    }
}
