//! A small client of the double, for its own tests: one request, one WebSocket.

use crate::double::Double;
use crate::double::snowflake::Snowflake;
use crate::double::world::Kind;
use flate2::read::ZlibDecoder;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::io::Read as _;
use std::net::TcpStream;
use std::time::Duration;
use tokio::runtime::Runtime;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// A client with the token of the bot.
pub(crate) struct Client {
    runtime: Runtime,
    http: reqwest::Client,
    base: String,
    authorization: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Got {
    /// The body as JSON, null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// Status and number of a refusal.
    pub(crate) fn refusal(&self) -> (u16, u64) {
        (self.status, self.json()["code"].as_u64().unwrap_or(0))
    }

    /// The id of what was made.
    #[track_caller]
    pub(crate) fn id(&self) -> Snowflake {
        let json = self.json();
        let id = json["id"].as_str();
        id.unwrap_or_else(|| panic!("no id: {}", self.text))
            .parse()
            .expect("an id")
    }

    /// A header as text, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_default()
    }
}

impl Client {
    pub(crate) fn new(double: &Double) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            runtime: runtime.expect("a runtime"),
            http: reqwest::Client::new(),
            base: double.url(),
            authorization: format!("Bot {}", double.token()),
        }
    }

    /// The same with another token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.authorization = format!("Bot {token}");
        self
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/v10{path}", self.base);
        self.http
            .request(method, url)
            .header("Authorization", &self.authorization)
    }

    /// Sends a request, and fails as the connection does.
    pub(crate) fn send(&self, request: RequestBuilder) -> Result<Got, reqwest::Error> {
        self.runtime.block_on(async {
            let response = request.timeout(Duration::from_secs(20)).send().await?;
            Ok(Got {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                text: response.text().await?,
            })
        })
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Got {
        self.send(self.request(Method::GET, path))
            .expect("an answer")
    }

    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Got {
        self.send(self.request(Method::DELETE, path))
            .expect("an answer")
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Got {
        self.try_post(path, body).expect("an answer")
    }

    pub(crate) fn try_post(&self, path: &str, body: &Value) -> Result<Got, reqwest::Error> {
        self.send(self.request(Method::POST, path).json(body))
    }

    /// Posts and gives up waiting after a time.
    pub(crate) fn impatient_post(&self, path: &str, body: &Value, most: Duration) -> bool {
        let request = self.request(Method::POST, path).json(body).timeout(most);
        let sent = self.runtime.block_on(async { request.send().await });
        sent.is_ok()
    }

    #[track_caller]
    pub(crate) fn patch(&self, path: &str, body: &Value) -> Got {
        self.send(self.request(Method::PATCH, path).json(body))
            .expect("an answer")
    }

    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) -> Got {
        self.send(self.request(Method::PUT, path).json(body))
            .expect("an answer")
    }

    /// Posts with a file.
    #[track_caller]
    pub(crate) fn post_with_file(&self, path: &str, body: &Value, name: &str, bytes: &[u8]) -> Got {
        let file = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = Form::new()
            .text("payload_json", body.to_string())
            .part("files[0]", file);
        let request = self.request(Method::POST, path).multipart(form);
        self.send(request).expect("an answer")
    }

    /// Posts a text into a channel.
    #[track_caller]
    pub(crate) fn say(&self, channel: Snowflake, text: &str) -> Got {
        self.post(&messages_of(channel), &json!({"content": text}))
    }
}

/// The path of a channel's messages.
pub(crate) fn messages_of(channel: Snowflake) -> String {
    format!("/channels/{channel}/messages")
}

/// A double with a guild and a channel in it, and a client.
pub(crate) fn desk() -> (Double, Client, Snowflake, Snowflake) {
    let double = Double::start();
    let (guild, channel) = double.world(|world| {
        let guild = world.add_guild("Trade desk");
        (guild, world.add_channel(guild, Kind::Text, "deadlines"))
    });
    let client = Client::new(&double);
    (double, client, guild, channel)
}

/// A connection to the gateway.
pub(crate) struct Socket(WebSocket<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and hears HELLO.
    #[track_caller]
    pub(crate) fn connect(double: &Double) -> Self {
        let url = double.state(|state| state.gateway.url.clone());
        let (socket, _) = tungstenite::connect(format!("{url}/?v=10")).expect("a gateway");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            let most = Some(Duration::from_secs(20));
            stream.set_read_timeout(most).expect("a socket");
        }
        let mut socket = Self(socket);
        assert_eq!(socket.hear()["op"], 10);
        socket
    }

    /// Connects and identifies with intents.
    #[track_caller]
    pub(crate) fn identified(double: &Double, intents: u64) -> Self {
        let mut socket = Self::connect(double);
        socket.identify(&double.token(), intents, false);
        socket
    }

    pub(crate) fn identify(&mut self, token: &str, intents: u64, is_compressed: bool) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        let data = json!({
            "token": token, "intents": intents, "compress": is_compressed,
            "properties": properties,
        });
        self.tell(&json!({"op": 2, "d": data}));
    }

    pub(crate) fn resume(&mut self, double: &Double, session: &str, sequence: u64) {
        let data = json!({"token": double.token(), "session_id": session, "seq": sequence});
        self.tell(&json!({"op": 6, "d": data}));
    }

    pub(crate) fn tell(&mut self, payload: &Value) {
        self.0
            .send(Message::text(payload.to_string()))
            .expect("sent");
    }

    /// The next payload.
    #[track_caller]
    pub(crate) fn hear(&mut self) -> Value {
        match self.0.read().expect("a message") {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            Message::Binary(bytes) => {
                let mut text = String::new();
                let mut decoder = ZlibDecoder::new(&bytes[..]);
                decoder.read_to_string(&mut text).expect("compressed text");
                serde_json::from_str(&text).expect("JSON")
            }
            other => panic!("no payload: {other:?}"),
        }
    }

    /// The next frame as it is.
    pub(crate) fn frame(&mut self) -> Result<Message, tungstenite::Error> {
        self.0.read()
    }

    /// The code with which the other side closes next.
    #[track_caller]
    pub(crate) fn closed(&mut self) -> u16 {
        match self.frame().expect("a frame") {
            Message::Close(Some(frame)) => frame.code.into(),
            other => panic!("not closed: {other:?}"),
        }
    }

    /// The next event of a name; others are passed over.
    #[track_caller]
    pub(crate) fn event(&mut self, name: &str) -> Value {
        loop {
            let payload = self.hear();
            if payload["t"] == name {
                return payload;
            }
        }
    }
}
