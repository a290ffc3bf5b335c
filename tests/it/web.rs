//! The page, the API and the feeds, asked in this process without a socket: what they say, and that
//! hostile text stays whole and inert. How they answer is in `web_answers`.

use crate::support::{noon, parse, shipped};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use docket::config::Code;
use docket::domain::{Docket, Plan, Seen};
use docket::engine::{InForce, Pulse, State};
use docket::feed::Links;
use docket::web::{Metrics, Site, router};
use jsonschema::Validator;
use resvg::usvg::roxmltree;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("plain"))
    }
}

/// A docket as it is in force.
pub(crate) fn in_force(docket: Docket, revision: i64) -> InForce {
    let audience = docket.audience();
    let plan = Plan::new(&Arc::new(docket), audience.into(), &Seen::default());
    InForce {
        follows: Arc::default(),
        plan: Arc::new(plan),
        revision,
    }
}

/// A bot that has this docket in force.
pub(crate) fn pulse(docket: Docket) -> Arc<Pulse> {
    let pulse = Arc::new(Pulse::default());
    pulse.publish(State {
        in_force: Some(in_force(docket, 1)),
        round: Some(noon()),
        ..State::default()
    });
    pulse
}

pub(crate) fn site(pulse: Arc<Pulse>) -> axum::Router {
    site_at("https://docket.example", pulse)
}

pub(crate) fn site_at(public: &str, pulse: Arc<Pulse>) -> axum::Router {
    let figures = Metrics::apart().0;
    router(Arc::new(Site::new(
        pulse,
        noon,
        Some(Links::new(public)),
        figures,
    )))
}

pub(crate) fn shipped_site() -> axum::Router {
    site(pulse(shipped()))
}

pub(crate) async fn send(router: &axum::Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.expect("a body").to_vec(),
    }
}

pub(crate) async fn get(router: &axum::Router, address: &str) -> Answer {
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

pub(crate) const STORY: &str = r#"
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
    let router = shipped_site();
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
    let router = shipped_site();
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
        .replace("\"First\"", &quoted)
        .replace(
            "instrument = \"Statement\"",
            &format!("instrument = {quoted}\nnote = {quoted}"),
        )
        .replace(
            "due = 2026-11-01\nannounced = 2026-01-15\n",
            &format!(
                "due = 2026-11-01\nannounced = 2026-01-15\n\
                 outcome = {{ result = \"met\", on = 2026-11-02, note = {quoted} }}\n"
            ),
        )
        .replace(
            "topics = [\"sale\"]",
            &format!("topics = [\"sale\", {quoted}]"),
        );
    let router = site(pulse(parse(&record)));
    for address in [
        "/",
        "/deadlines/sale",
        "/deadlines/report",
        "/talks/board-talks",
        "/talks",
    ] {
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
    // What somebody asks comes back in what is wrong about it.
    let asked = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for address in [format!("/?topic={asked}"), format!("/deadlines/{asked}")] {
        let refusal = get(&router, &address).await;
        assert!(refusal.status.is_client_error());
        let shown = "&lt;script&gt;alert(1)&lt;/script&gt;";
        assert!(refusal.text().contains(shown), "{}", refusal.text());
        assert!(!refusal.text().contains("<script>"), "{address}");
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
async fn a_step_says_how_far_it_moved_the_date() {
    let chain = r#"
        [[deadline]]
        id = "report"
        title = "The report"
        due = 2026-11-01
        announced = 2026-01-15
        [[deadline.revision]]
        due = 2026-11-02
        announced = 2026-02-15
        [[deadline.revision]]
        due = 2026-10-30
        announced = 2026-03-15
    "#;
    let router = site(pulse(parse(chain)));
    let page = get(&router, "/deadlines/report").await;
    let text = page.text();
    let (_, chain) = text.split_once("class=\"chain\"").expect("a chain");
    for moved in [">+1 day<", ">-3 days<"] {
        assert!(chain.contains(moved), "{moved}: {chain}");
    }
}

#[tokio::test]
async fn a_view_of_the_past_counts_from_then() {
    let router = site(pulse(parse(STORY)));
    let address = "/api/v1/deadlines/report?as_of=2026-10-01";
    let then = get(&router, address).await.json();
    assert_eq!(
        (&then["state"], &then["days_left"]),
        (&json!("scheduled"), &json!(31))
    );
    let page = get(&router, "/?as_of=2026-10-01").await;
    assert!(
        page.text().contains("<b>31</b> days left"),
        "{}",
        page.text()
    );
    // Pictures, feeds and data that it links to are of the same moment.
    for linked in ["/timeline.svg?", "/timeline.png?", "/api/v1/deadlines?"] {
        let (_, rest) = page.text().split_once(linked).expect("a link");
        let query = rest.split('"').next().expect("its end");
        assert!(query.contains("as_of=2026-10-01"), "{linked}{query}");
    }
}

#[tokio::test]
async fn nobody_travels_to_days_that_have_not_come() {
    let ahead = "[[event]]\nid = \"ahead\"\ntitle = \"It opens\"\ndate = 2026-12-15\n";
    let router = site(pulse(parse(&format!("{STORY}{ahead}"))));
    let past = get(&router, "/?as_of=2026-11-09").await;
    assert!(
        past.text().contains("/?as_of=2026-11-10\" rel=\"next\""),
        "{}",
        past.text()
    );
    for address in ["/", "/?as_of=2026-11-20", "/deadlines/sale"] {
        let page = get(&router, address).await;
        assert!(!page.text().contains("rel=\"next\""), "{address}");
        assert!(!page.text().contains("2026-12-15"), "{address}");
    }
}

#[tokio::test]
async fn one_travels_from_change_to_change_back_to_the_first() {
    let router = shipped_site();
    for (path, moments) in [
        ("/deadlines/tiktok-divestiture", 5),
        ("/talks/us-china-trade", 5),
    ] {
        let mut address = path.to_owned();
        let mut travelled = 0;
        loop {
            let page = get(&router, &address).await;
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let text = page.text().to_owned();
            let Some((before, _)) = text.split_once("\" rel=\"prev\"") else {
                break;
            };
            let (_, link) = before.rsplit_once("href=\"").expect("a link");
            assert!(link < address.as_str() || !address.contains('?'), "{link}");
            link.clone_into(&mut address);
            travelled += 1;
        }
        assert!(travelled >= moments, "{path}: {travelled}");
    }
}

#[tokio::test]
async fn pictures_and_data_take_the_filters_too() {
    let more = "[[negotiation]]\nid = \"side\"\ntitle = \"Side talks\"\ntopics = [\"side\"]\n\
                [[negotiation.round]]\nname = \"One\"\nstarts = 2026-10-05\nannounced = 2026-10-01\n\
                [[event]]\nid = \"walk\"\ntitle = \"A walk\"\ndate = 2026-10-06\ntopics = [\"side\"]\n";
    let router = site(pulse(parse(&format!("{STORY}{more}"))));
    let svg = get(&router, "/timeline.svg?topic=sale").await;
    assert!(svg.text().contains("must be sold") && !svg.text().contains("The report"));
    // What the page says of a picture is said of the picture that it shows.
    let page = get(&router, "/?topic=sale").await;
    let (_, image) = page.text().split_once("<img ").expect("a picture");
    let image = image.split('>').next().expect("its end");
    assert!(image.contains("1 deadline"), "{image}");
    let attribute = |name: &str| {
        let (_, rest) = image
            .split_once(&format!("{name}=\""))
            .expect("an attribute");
        rest.split('"')
            .next()
            .expect("its end")
            .replace("&amp;", "&")
    };
    let shown = get(&router, &attribute("src")).await;
    let height = format!("height=\"{}\"", attribute("height"));
    assert!(shown.text().contains(&height), "{height}");
    let names = async |address: &str, key: &str| -> Vec<String> {
        let listed = get(&router, address).await.json();
        let all = listed.as_array().expect("an array").iter();
        all.map(|it| it[key].as_str().expect("text").to_owned())
            .collect()
    };
    assert_eq!(names("/api/v1/talks", "name").await, ["First", "One"]);
    assert_eq!(names("/api/v1/talks?topic=side", "name").await, ["One"]);
    assert_eq!(names("/api/v1/events", "id").await, ["offer", "walk"]);
    assert_eq!(names("/api/v1/events?topic=side", "id").await, ["walk"]);
    let feed = get(&router, "/feed.atom?topic=side").await;
    assert!(feed.text().contains("A walk") && !feed.text().contains("must be sold"));
}

#[tokio::test]
async fn the_description_of_the_api_describes_its_answers() {
    let router = shipped_site();
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
async fn the_inks_of_the_page_are_those_of_the_pictures() {
    use docket::picture::{Ink, Theme};
    let router = shipped_site();
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
    let router = shipped_site();
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
    let router = shipped_site();
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
    let router = site_at("https://example.org/docket/", pulse(shipped()));
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
