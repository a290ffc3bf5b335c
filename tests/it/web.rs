//! The page, the API and the feeds, asked in this process without a socket: what they say, that
//! hostile text stays whole and inert, conditional requests, and questions that make no sense.

use crate::support::{at, noon, parse, root};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use docket::config::Code;
use docket::domain::{Docket, Plan, Seen, Timestamp};
use docket::engine::{InForce, Pulse, Refused, State};
use docket::web::{Metrics, Site, router};
use jsonschema::Validator;
use resvg::usvg::roxmltree;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("plain"))
    }
}

/// A bot that has this docket in force.
fn pulse(docket: Docket) -> Arc<Pulse> {
    let audience = docket.audience();
    let plan = Plan::new(&Arc::new(docket), audience.into(), &Seen::default());
    let pulse = Arc::new(Pulse::default());
    pulse.publish(State {
        in_force: Some(InForce {
            follows: std::sync::Arc::default(),
            plan: Arc::new(plan),
            revision: 1,
        }),
        round: Some(noon()),
        ..State::default()
    });
    pulse
}

fn site(pulse: Arc<Pulse>) -> axum::Router {
    site_at("https://docket.example", pulse)
}

fn site_at(public: &str, pulse: Arc<Pulse>) -> axum::Router {
    let figures = Metrics::apart().0;
    router(Arc::new(Site::new(pulse, noon, Some(public), figures)))
}

fn shipped() -> axum::Router {
    let text = std::fs::read_to_string(root().join("deadlines.toml")).expect("the record");
    site(pulse(parse(&text)))
}

async fn send(router: &axum::Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.expect("a body").to_vec(),
    }
}

async fn get(router: &axum::Router, address: &str) -> Answer {
    let request = Request::get(address).body(Body::empty());
    send(router, request.expect("an address")).await
}

/// A page without its head and with a line for each element: as it can be read in a snapshot.
fn readable(page: &str) -> String {
    let (_, main) = page.split_once("<main").expect("a page");
    let main = main.split("</main>").next().unwrap_or_default();
    let lines = main.replace("><", ">\n<");
    lines
        .split_once('\n')
        .map_or(String::new(), |it| it.1.to_owned())
}

const STORY: &str = r#"
zone = "America/New_York"

[[party]]
id = "us"
name = "United States"
emoji = "🇺🇸"

[[deadline]]
id = "sale"
title = "The company must be sold"
summary = "A law says so."
topics = ["sale"]
parties = ["us"]
importance = "critical"
due = 2026-03-01
announced = 2025-11-10
instrument = "Act 1"
standing = "published"
if_lapses = "It is closed."
decided_by = "The minister"
sources = [{ title = "Act 1", url = "https://example.org/act", checked = 2026-11-01 }]

[[deadline.revision]]
due = 2026-12-01T12:00:00
announced = 2026-02-20
instrument = "Order 2"
standing = "published"

[[deadline.revision]]
due = 2027-02-01
announced = 2026-11-10
instrument = "Statement"
standing = "reported"

[[deadline]]
id = "report"
title = "The report is published"
due = 2026-11-01
announced = 2026-01-15

[[negotiation]]
id = "board-talks"
title = "Talks with the board"
parties = ["us"]
serves = ["sale"]

[[negotiation.round]]
name = "First"
city = "Bern"
country = "Switzerland"
starts = 2026-10-01
ends = 2026-10-02
announced = 2026-09-20
delegates = [{ party = "us", names = ["A. Person"] }]
agenda = ["price"]

[negotiation.round.outcome]
on = 2026-10-02
text = "They meet again."

[[event]]
id = "offer"
title = "An offer is made"
date = 2026-09-01
topics = ["sale"]
"#;

#[tokio::test]
async fn each_page_says_what_is_known() {
    let router = site(pulse(parse(STORY)));
    let overview = get(&router, "/").await;
    insta::assert_snapshot!("web_overview", readable(overview.text()));
    let deadline = get(&router, "/deadlines/sale").await;
    insta::assert_snapshot!("web_deadline", readable(deadline.text()));
    let talks = get(&router, "/talks/board-talks").await;
    insta::assert_snapshot!("web_talks", readable(talks.text()));
}

#[tokio::test]
async fn a_view_of_the_past_knows_nothing_of_what_came_later() {
    let router = shipped();
    let then = get(&router, "/deadlines/tiktok-divestiture?as_of=2025-09-14").await;
    let text = then.text();
    assert!(text.contains("You see what was known at"), "{text}");
    assert!(text.contains("Executive Order 14310"), "{text}");
    for later in ["14350", "14352", "Joint Venture", "id=\"r6\""] {
        assert!(!text.contains(later), "{later} was not known");
    }
    // Links lead to other pages of the same moment.
    assert!(text.contains("/talks/us-china-trade?as_of=2025-09-14"));
    let json = get(
        &router,
        "/api/v1/deadlines/tiktok-divestiture?as_of=2025-09-14",
    )
    .await;
    assert_eq!(json.json()["due"]["date"], "2025-09-17");
}

#[tokio::test]
async fn the_filters_are_those_of_the_list() {
    let router = shipped();
    for query in [
        "topic=tiktok&state=all",
        "party=bytedance&state=met",
        "within=30d",
        "topic=tariffs&topic=shipping&as_of=2026-01-01",
    ] {
        let flags = query
            .replace("as_of", "as-of")
            .replace('&', " --")
            .replace('=', " ");
        let listed = crate::support::docket(&format!("list --json --{flags}")).json();
        // The command goes by the real clock: only what does not depend on it is compared.
        let ids = |value: &Value| -> Vec<String> {
            let all = value.as_array().expect("an array").iter();
            all.map(|it| it["id"].to_string()).collect()
        };
        let answer = get(&router, &format!("/api/v1/deadlines?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        if !query.contains("within") {
            assert_eq!(ids(&answer.json()), ids(&listed), "{query}");
        }
        let page = get(&router, &format!("/?{query}")).await;
        for id in ids(&answer.json()) {
            let link = format!("/deadlines/{}", id.trim_matches('"'));
            assert!(
                page.text().contains(&link),
                "{link} is not on the page of {query}"
            );
        }
    }
}

#[tokio::test]
async fn hostile_text_stays_whole_and_inert() {
    let long = "w".repeat(10_000);
    let nasty = format!(
        "</title><script>alert(1)</script><img src=x onerror=alert(1)> &amp; ' ` \u{202e}txet \u{1f9e8} {long}"
    );
    let quoted = json!(nasty).to_string();
    let record = STORY
        .replace("\"The company must be sold\"", &quoted)
        .replace("\"A law says so.\"", &quoted)
        .replace("\"Act 1\"", &quoted)
        .replace("\"It is closed.\"", &quoted)
        .replace("\"The minister\"", &quoted)
        .replace("\"Talks with the board\"", &quoted)
        .replace("\"They meet again.\"", &quoted)
        .replace("\"Bern\"", &quoted)
        .replace("\"A. Person\"", &quoted)
        .replace("\"price\"", &quoted)
        .replace("\"An offer is made\"", &quoted)
        .replace("\"United States\"", &quoted)
        .replace(
            "topics = [\"sale\"]",
            &format!("topics = [\"sale\", {quoted}]"),
        );
    let router = site(pulse(parse(&record)));
    for address in ["/", "/deadlines/sale", "/talks/board-talks", "/talks"] {
        let page = get(&router, address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        let text = page.text();
        for active in ["<script>", "<img src=x", "onerror=\"", "</title><script"] {
            assert!(!text.contains(active), "{active} in {address}");
        }
        // Whole: what is escaped comes back as it was.
        let shown = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"");
        let shown = shown.replace("&amp;", "&");
        assert!(shown.contains(&nasty), "{address} does not have all of it");
    }
    let json = get(&router, "/api/v1/deadlines/sale").await.json();
    assert_eq!(json["title"], nasty);
    for address in ["/timeline.svg", "/deadlines/sale/chart.svg", "/feed.atom"] {
        let picture = get(&router, address).await;
        roxmltree::Document::parse(picture.text()).expect("well-formed");
        assert!(!picture.text().contains("<script"), "{address}");
    }
}

/// What leads elsewhere is refused with the record, so no page has to look at it again.
#[tokio::test]
async fn a_link_of_the_record_is_followed_only_into_the_web() {
    let shown = get(&site(pulse(parse(STORY))), "/deadlines/sale").await;
    let link = "<a href=\"https://example.org/act\" rel=\"external noreferrer\">";
    assert!(shown.text().contains(link), "{}", shown.text());
    for elsewhere in [
        "javascript:alert(1)//https://x.example/",
        "JavaScript:alert(1)",
        " https://x.example/",
        "data:text/html,<script>alert(1)</script>",
        "//x.example/",
        "/talks",
        "https://",
    ] {
        let record = STORY.replace("https://example.org/act", elsewhere);
        let parsed = docket::config::parse(&record, noon());
        assert!(parsed.docket.is_none(), "{elsewhere}");
        let codes: Vec<_> = parsed.problems.iter().map(|it| it.code).collect();
        assert!(codes.contains(&Code::BadUrl), "{elsewhere}: {codes:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let router = shipped();
    for address in [
        "/",
        "/api/v1/deadlines",
        "/calendar.ics",
        "/feed.atom",
        "/timeline.svg",
    ] {
        let first = get(&router, address).await;
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"'), "{address}: {etag}");
        assert_eq!(first.header("cache-control"), "no-cache");
        let ask = |method: Method, name: &str, value: &str| {
            let request = Request::builder().method(method).uri(address);
            request
                .header(name, value)
                .body(Body::empty())
                .expect("a request")
        };
        let again = send(
            &router,
            ask(Method::GET, "if-none-match", &format!("W/{etag}")),
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
        assert!(again.body.is_empty());
        let other = send(&router, ask(Method::GET, "if-none-match", "\"other\"")).await;
        assert_eq!(
            (other.status, other.body.len()),
            (StatusCode::OK, first.body.len())
        );
        let head = send(&router, ask(Method::HEAD, "accept", "*/*")).await;
        assert_eq!(head.header("content-length"), first.body.len().to_string());
        assert!(head.body.is_empty());
        let packed = send(&router, ask(Method::GET, "accept-encoding", "br, gzip")).await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert_ne!(packed.header("etag"), etag);
        assert!(packed.body.len() < first.body.len() / 2);
    }
}

#[tokio::test]
async fn an_edit_shows_at_once() {
    let pulse = pulse(parse(STORY));
    let router = site(pulse.clone());
    let before = get(&router, "/").await;
    let docket = parse(&STORY.replace("must be sold", "was sold"));
    let plan = Plan::new(&Arc::new(docket), Vec::new().into(), &Seen::default());
    let in_force = Some(InForce {
        follows: std::sync::Arc::default(),
        plan: Arc::new(plan),
        revision: 2,
    });
    pulse.publish(State {
        in_force,
        ..State::default()
    });
    let after = get(&router, "/").await;
    assert_ne!(before.header("etag"), after.header("etag"));
    assert!(after.text().contains("was sold"));
}

#[tokio::test]
async fn wrong_questions_are_answered_with_a_way_out() {
    let router = shipped();
    let cases = [
        (
            "/deadlines/tarif-truce",
            404,
            "did you mean `tariff-truce`?",
            "Did you mean `tariff-truce`?",
        ),
        (
            "/talks/us-china",
            404,
            "us-china-trade",
            "/talks/us-china-trade",
        ),
        (
            "/deadlines/tariff-truce?as_of=2020-01-01",
            404,
            "was not known at",
            "As it is known now",
        ),
        ("/deadlines?as_of=soon", 404, "", "There is no"),
        (
            "/deadlines/tariff-truce?as_of=soon",
            400,
            "is not a date or time",
            "Write a date",
        ),
        (
            "/?topic=tarifs",
            400,
            "no item has the topic",
            "Did you mean `tariffs`?",
        ),
        ("/?state=open", 400, "is not a state", "is not a state"),
        ("/?within=soon", 400, "", "Write `30d`"),
        ("/timeline.svg?width=9", 400, "", "is not a width"),
        ("/nowhere", 404, "", "There is no `/nowhere` here"),
    ];
    for (address, status, detail, said) in cases {
        let page = get(&router, address).await;
        assert_eq!(page.status.as_u16(), status, "{address}");
        let text = page.text();
        assert!(text.contains(said), "{address}: {text}");
        if detail.is_empty() {
            continue;
        }
        let api = match address.strip_prefix("/?") {
            Some(query) => format!("/api/v1/deadlines?{query}"),
            None => format!("/api/v1{address}"),
        };
        let problem = get(&router, &api).await;
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert_eq!(problem.json()["status"], status, "{api}");
        assert!(problem.text().contains(detail), "{api}: {}", problem.text());
    }
    let wrong = get(&router, "/api/v1/deadlines?topics=tariffs").await;
    assert_eq!(wrong.json()["help"], "did you mean `topic`?");
    let long = get(&router, &format!("/?topic={}", "x".repeat(3_000))).await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);
    let post = Request::post("/").body(Body::empty()).expect("a request");
    assert_eq!(
        send(&router, post).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn the_description_of_the_api_describes_its_answers() {
    let router = shipped();
    let description = get(&router, "/api/v1/openapi.json").await.json();
    let paths = description["paths"].as_object().expect("paths");
    let cases = [
        ("/api/v1/deadlines", "/api/v1/deadlines?state=all"),
        ("/api/v1/deadlines", "/api/v1/deadlines?as_of=2025-06-01"),
        ("/api/v1/deadlines/{id}", "/api/v1/deadlines/tariff-truce"),
        (
            "/api/v1/deadlines/{id}",
            "/api/v1/deadlines/tiktok-divestiture",
        ),
        ("/api/v1/deadlines/{id}", "/api/v1/deadlines/nowhere"),
        ("/api/v1/talks", "/api/v1/talks"),
        ("/api/v1/talks/{id}", "/api/v1/talks/us-china-trade"),
        ("/api/v1/events", "/api/v1/events"),
        ("/api/v1/openapi.json", "/api/v1/openapi.json"),
        ("/api/v1/deadlines", "/api/v1/deadlines?as_of=soon"),
    ];
    for (path, address) in cases {
        let answer = get(&router, address).await;
        let status = answer.status.as_str();
        let kind = answer.header("content-type");
        let response = &paths[path]["get"]["responses"][status]["content"][kind];
        assert!(
            response.is_object(),
            "{address}: {status} {kind} is not described"
        );
        let mut schema = response["schema"].clone();
        schema["components"] = description["components"].clone();
        let validator: Validator = jsonschema::validator_for(&schema).expect("a schema");
        let errors: Vec<_> = validator
            .iter_errors(&answer.json())
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{address}");
    }
    let described: Vec<_> = paths.keys().collect();
    assert!(
        described
            .iter()
            .all(|path| cases.iter().any(|(known, _)| known == path))
    );
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere_and_nothing_is_in_line() {
    let router = shipped();
    for address in ["/", "/deadlines/tariff-truce", "/talks", "/nowhere"] {
        let page = get(&router, address).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let text = page.text();
        assert!(
            !text.contains(" style=") && !text.contains("<style"),
            "{address}"
        );
        assert!(
            !text.contains("<script>") && !text.contains(" onclick"),
            "{address}"
        );
        for loaded in text
            .split("src=\"")
            .skip(1)
            .chain(text.split("srcset=\"").skip(1))
        {
            assert!(
                loaded.starts_with('/') && !loaded.starts_with("//"),
                "{loaded:.60}"
            );
        }
        for name in ["page.", "icon."] {
            let (_, rest) = text
                .split_once(&format!("/assets/{name}"))
                .expect("an asset");
            let address = format!("/assets/{name}{}", rest.split('"').next().expect("its end"));
            let asset = get(&router, &address).await;
            assert_eq!(asset.status, StatusCode::OK, "{address}");
            assert!(asset.header("cache-control").contains("immutable"));
        }
    }
}

#[tokio::test]
async fn the_inks_of_the_page_are_those_of_the_pictures() {
    use docket::picture::{Ink, Theme};
    let router = shipped();
    let text = get(&router, "/").await.text().to_owned();
    let (_, rest) = text.split_once("/assets/page.").expect("the style sheet");
    let name = rest.split('"').next().expect("its end");
    let style = get(&router, &format!("/assets/page.{name}")).await;
    for theme in [Theme::Light, Theme::Dark] {
        for ink in Ink::ALL {
            let name = format!("{ink:?}").to_lowercase();
            let rule = format!("--{name}: {};", ink.color(theme));
            assert!(style.text().contains(&rule), "{rule}");
        }
    }
}

#[tokio::test]
async fn feeds_have_the_filters_too() {
    let router = shipped();
    let calendar = get(&router, "/calendar.ics?topic=tiktok").await;
    assert_eq!(
        calendar.header("content-type"),
        "text/calendar; charset=utf-8"
    );
    assert!(
        calendar
            .text()
            .contains("https://docket.example/deadlines/tiktok-divestiture")
    );
    assert!(
        !calendar.text().contains("tariff-truce@"),
        "{}",
        calendar.text()
    );
    let feed = get(&router, "/feed.atom?topic=tiktok").await;
    assert!(
        feed.header("content-type")
            .starts_with("application/atom+xml")
    );
    assert_eq!(feed.header("access-control-allow-origin"), "*");
    let overview = get(&router, "/?topic=tiktok").await;
    let webcal = "webcal://docket.example/calendar.ics?topic=tiktok";
    assert!(overview.text().contains(webcal));
}

#[tokio::test]
async fn each_deadline_and_each_negotiation_has_a_calendar_of_its_own() {
    let router = shipped();
    for (page, others) in [
        ("/deadlines/tariff-truce", "deadlines/tiktok-divestiture"),
        ("/talks/us-china-trade", "deadlines/tariff-truce"),
    ] {
        let shown = get(&router, page).await;
        let webcal = format!("href=\"webcal://docket.example{page}/calendar.ics\"");
        assert!(shown.text().contains(&webcal), "{webcal}");
        let calendar = get(&router, &format!("{page}/calendar.ics")).await;
        assert_eq!(
            calendar.header("content-type"),
            "text/calendar; charset=utf-8"
        );
        assert_eq!(calendar.header("access-control-allow-origin"), "*");
        let text = calendar.text().replace("\r\n ", "");
        // Whoever has the file finds the same there, and not all of the record.
        let here = format!("SOURCE;VALUE=URI:https://docket.example{page}/calendar.ics\r\n");
        assert!(text.contains(&here), "{text}");
        assert!(text.contains(&format!("URL:https://docket.example{page}\r\n")));
        assert!(
            text.contains("BEGIN:VEVENT") && !text.contains(others),
            "{text}"
        );
        let name = shown.text().split("<title>").nth(1).expect("a title");
        let name = name.split(" · Docket<").next().expect("its end");
        assert!(
            text.contains(&format!("\r\nNAME:Docket: {name}\r\n")),
            "{text}"
        );
    }
    let then = get(
        &router,
        "/deadlines/tariff-truce/calendar.ics?as_of=2025-06-01",
    )
    .await;
    assert!(then.text().contains("DTSTART") && !then.text().contains("2027"));
    let wrong = get(&router, "/deadlines/tarif-truce/calendar.ics").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    assert!(wrong.text().contains("Did you mean `tariff-truce`?"));
}

#[tokio::test]
async fn pixels_are_made_once() {
    let router = site(pulse(parse(STORY)));
    let first = get(&router, "/deadlines/sale/chart.png").await;
    assert!(first.body.starts_with(b"\x89PNG"));
    assert_eq!(first.header("content-type"), "image/png");
    let dark = get(&router, "/deadlines/sale/chart.png?theme=dark").await;
    assert_ne!(dark.header("etag"), first.header("etag"));
    assert_eq!(
        get(&router, "/deadlines/sale/chart.png").await.body,
        first.body
    );
}

#[tokio::test(start_paused = true)]
async fn health_tells_what_is_wrong() {
    let pulse = Arc::new(Pulse::default());
    let router = site(pulse.clone());
    assert_eq!(get(&router, "/healthz").await.status, StatusCode::OK);
    assert_eq!(
        get(&router, "/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(
        get(&router, "/").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );

    let plan = Plan::new(&Arc::new(parse(STORY)), Vec::new().into(), &Seen::default());
    let good = State {
        in_force: Some(InForce {
            follows: std::sync::Arc::default(),
            plan: Arc::new(plan),
            revision: 7,
        }),
        round: Some(noon()),
        ..State::default()
    };
    pulse.publish(good.clone());
    let ready = get(&router, "/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["problems"]),
        (StatusCode::OK, &json!([]))
    );

    pulse.hears(Some("the gateway is not connected".to_owned()));
    let deaf = get(&router, "/readyz").await;
    assert_eq!(deaf.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(deaf.json()["problems"][0]["about"], "gateway");
    pulse.hears(None);

    pulse.publish(State {
        refused: Some(Refused {
            at: noon(),
            why: "the edit has errors".to_owned(),
            report: Some("line 3".to_owned()),
        }),
        ..good.clone()
    });
    let refused = get(&router, "/readyz").await;
    // No restart mends an edit, and the last good record is in force.
    assert_eq!(refused.status, StatusCode::OK);
    assert_eq!(
        refused.json()["problems"],
        json!([{ "about": "edit", "why": "the edit has errors", "report": "line 3" }])
    );
    let metrics = get(&router, "/metrics").await;
    assert!(
        metrics.text().contains("\ndocket_edit_refused 1\n"),
        "{}",
        metrics.text()
    );
    assert!(
        metrics
            .text()
            .contains("\ndocket_record_items{kind=\"deadline\"} 2\n")
    );

    pulse.publish(State {
        ledger: Some("the disk is full".to_owned()),
        ..good
    });
    let unready = get(&router, "/readyz").await;
    assert_eq!(unready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unready.json()["problems"][0]["about"], "ledger");
    assert_eq!(get(&router, "/healthz").await.status, StatusCode::OK);

    tokio::time::advance(std::time::Duration::from_secs(121)).await;
    assert_eq!(
        get(&router, "/healthz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

/// A clock can be anything here: what is kept belongs to its minute.
#[tokio::test]
async fn a_day_later_there_is_a_day_less() {
    fn next_noon() -> Timestamp {
        at("2026-11-23T12:00:00Z")
    }
    let pulse = pulse(parse(STORY));
    let later = Site::new(pulse.clone(), next_noon, None, Metrics::apart().0);
    let (today, tomorrow) = (site(pulse), router(Arc::new(later)));
    let left =
        async |router| get(router, "/api/v1/deadlines/sale").await.json()["days_left"].clone();
    assert_eq!(
        (left(&today).await, left(&tomorrow).await),
        (json!(71), json!(70))
    );
}

/// The addresses that a page names, as it has them.
fn addresses(page: &str) -> Vec<String> {
    let attributes = [" href=\"", " src=\"", " srcset=\"", " action=\""];
    let values = attributes.iter().flat_map(|name| page.split(name).skip(1));
    let values = values.map(|rest| rest.split('"').next().expect("its end"));
    values.map(|value| value.replace("&amp;", "&")).collect()
}

/// Behind a proxy that has the page under a path, whether it passes the path on or takes it away.
#[tokio::test]
async fn under_a_path_every_link_leads_somewhere() {
    let text = std::fs::read_to_string(root().join("deadlines.toml")).expect("the record");
    let router = site_at("https://example.org/docket/", pulse(parse(&text)));
    let mut led = std::collections::BTreeSet::new();
    for page in [
        "/docket",
        "/docket/?topic=tiktok&state=all",
        "/docket/?as_of=2025-09-14",
        "/docket/deadlines/tariff-truce",
        "/docket/deadlines/tiktok-divestiture?as_of=2025-09-14",
        "/docket/deadlines/tiktok-divestiture?as_of=2020-01-01",
        "/docket/deadlines/tarif-truce",
        "/docket/talks",
        "/docket/talks/us-china-trade",
        "/docket/nowhere",
        "/docket/assets/old.css",
        "/docket/timeline.png?width=9",
        "/docket/feed.atom?topics=tiktok",
    ] {
        let shown = get(&router, page).await;
        for address in addresses(shown.text()) {
            let is_ours = address.starts_with('/');
            let is_outside = ["https://", "http://", "webcal://", "#", "?"];
            let is_outside = is_outside.iter().any(|it| address.starts_with(it));
            assert!(is_ours || is_outside, "{page}: {address}");
            if is_ours {
                let inside = address.strip_prefix("/docket");
                let inside = inside.unwrap_or_else(|| panic!("{page}: {address}"));
                assert!(inside.starts_with('/'), "{page}: {address}");
                led.insert(address);
            }
        }
    }
    assert!(led.len() > 100, "only {} addresses", led.len());
    for address in &led {
        let answer = get(&router, address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let inside = address.strip_prefix("/docket").expect("looked at above");
        let same = get(&router, inside).await;
        assert_eq!(same.body, answer.body, "{address}");
    }
    let overview = get(&router, "/docket/?topic=tiktok").await;
    let webcal = "webcal://example.org/docket/calendar.ics?topic=tiktok";
    assert!(overview.text().contains(webcal));
    let calendar = get(&router, "/docket/calendar.ics").await;
    assert!(
        calendar
            .text()
            .contains("https://example.org/docket/deadlines/")
    );
    let described = get(&router, "/docket/api/v1/openapi.json").await;
    assert_eq!(described.json()["servers"][0]["url"], "/docket");
    assert_eq!(get(&router, "/docket/healthz").await.status, StatusCode::OK);
    // What only begins alike is something else.
    assert_eq!(
        get(&router, "/docketed").await.status,
        StatusCode::NOT_FOUND
    );
}
