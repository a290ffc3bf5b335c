//! Which requests there are. The templates are those of Discord's `OpenAPI` description.

use crate::double::snowflake::Snowflake;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Endpoint {
    Gateway,
    GatewayBot,
    Me,
    MyApplication,
    MyOauthApplication,
    MyGuilds,
    OpenDirect,
    GetCommands,
    PutCommands,
    GetChannel,
    GetGuild,
    GetGuildChannels,
    GetThreads,
    GetRoles,
    GetMember,
    CreateMessage,
    History,
    GetMessage,
    EditMessage,
    DeleteMessage,
    Crosspost,
    Pin,
    CreateThread,
    Callback,
    FollowUp,
    GetReply,
    EditReply,
    DeleteReply,
    GetFollowUp,
    EditFollowUp,
    DeleteFollowUp,
}

use Endpoint as E;

/// Method, template, what it is.
const ROUTES: &[(&str, &str, Endpoint)] = &[
    ("GET", "/gateway", E::Gateway),
    ("GET", "/gateway/bot", E::GatewayBot),
    ("GET", "/users/@me", E::Me),
    ("GET", "/users/@me/guilds", E::MyGuilds),
    ("POST", "/users/@me/channels", E::OpenDirect),
    ("GET", "/applications/@me", E::MyApplication),
    ("GET", "/oauth2/applications/@me", E::MyOauthApplication),
    (
        "GET",
        "/applications/{application_id}/commands",
        E::GetCommands,
    ),
    (
        "PUT",
        "/applications/{application_id}/commands",
        E::PutCommands,
    ),
    ("GET", "/guilds/{guild_id}", E::GetGuild),
    ("GET", "/guilds/{guild_id}/channels", E::GetGuildChannels),
    ("GET", "/guilds/{guild_id}/threads/active", E::GetThreads),
    ("GET", "/guilds/{guild_id}/roles", E::GetRoles),
    ("GET", "/guilds/{guild_id}/members/{user_id}", E::GetMember),
    ("GET", "/channels/{channel_id}", E::GetChannel),
    ("POST", "/channels/{channel_id}/messages", E::CreateMessage),
    ("GET", "/channels/{channel_id}/messages", E::History),
    (
        "PUT",
        "/channels/{channel_id}/messages/pins/{message_id}",
        E::Pin,
    ),
    (
        "GET",
        "/channels/{channel_id}/messages/{message_id}",
        E::GetMessage,
    ),
    (
        "PATCH",
        "/channels/{channel_id}/messages/{message_id}",
        E::EditMessage,
    ),
    (
        "DELETE",
        "/channels/{channel_id}/messages/{message_id}",
        E::DeleteMessage,
    ),
    (
        "POST",
        "/channels/{channel_id}/messages/{message_id}/crosspost",
        E::Crosspost,
    ),
    ("POST", "/channels/{channel_id}/threads", E::CreateThread),
    (
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        E::Callback,
    ),
    (
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        E::FollowUp,
    ),
    (
        "GET",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        E::GetReply,
    ),
    (
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        E::EditReply,
    ),
    (
        "DELETE",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        E::DeleteReply,
    ),
    (
        "GET",
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        E::GetFollowUp,
    ),
    (
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        E::EditFollowUp,
    ),
    (
        "DELETE",
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        E::DeleteFollowUp,
    ),
];

impl Endpoint {
    /// Method and template in the `OpenAPI` description.
    pub(crate) fn template(self) -> (&'static str, &'static str) {
        let route = ROUTES.iter().find(|(_, _, it)| *it == self);
        let (method, template, _) = route.expect("every endpoint has a route");
        (method, template)
    }

    /// Whether the bot's token is asked for. Interactions have tokens of their own in the path.
    pub(crate) fn needs_token(self) -> bool {
        self != Self::Gateway && !self.is_of_interaction()
    }

    /// Whether it belongs to an interaction: free of the bot's limits.
    pub(crate) fn is_of_interaction(self) -> bool {
        let (_, template) = self.template();
        template.starts_with("/interactions/") || template.starts_with("/webhooks/")
    }
}

/// A request's endpoint with what stands in its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    parts: Vec<String>,
}

impl Route {
    /// The route of a path below `/api/v10`, if there is one.
    pub(crate) fn find(method: &str, path: &str) -> Option<Self> {
        ROUTES.iter().find_map(|(its_method, template, endpoint)| {
            let parts = (*its_method == method).then(|| parts(template, path))??;
            Some(Self {
                endpoint: *endpoint,
                parts,
            })
        })
    }

    /// The variable parts of the path.
    pub(crate) fn part(&self, index: usize) -> &str {
        &self.parts[index]
    }

    /// A variable part that is an id. Zero, which nothing has, stands for what is none.
    pub(crate) fn id(&self, index: usize) -> Snowflake {
        self.part(index).parse().unwrap_or(Snowflake(0))
    }

    /// The channel that it is about.
    pub(crate) fn channel(&self) -> Option<Snowflake> {
        let (_, template) = self.endpoint.template();
        template.starts_with("/channels/").then(|| self.id(0))
    }
}

/// What a path has in place of a template's variables, if it fits.
fn parts(template: &str, path: &str) -> Option<Vec<String>> {
    let (wanted, given): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut parts = Vec::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        if wanted.starts_with('{') {
            parts.push(given.to_owned());
        } else if wanted != given {
            return None;
        }
    }
    Some(parts)
}
