//! How to get at Discord: the token and what goes with it.

use super::Failure;
use crate::discord::service::Access;
use crate::feed::Links;
use crate::settings::Secret;
use clap::Args;

#[derive(Args, Clone)]
#[command(next_help_heading = "Discord")]
pub(super) struct AccessArgs {
    /// The bot's token. Other users of the machine can see flags: better name a file
    #[arg(
        long,
        global = true,
        env = "DISCORD_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    discord_token: Option<String>,

    /// A file that holds the bot's token
    #[arg(
        long,
        global = true,
        env = "DISCORD_TOKEN_FILE",
        value_name = "FILE",
        hide_env_values = true
    )]
    discord_token_file: Option<String>,

    /// Another base of Discord's API, such as a proxy for its rate limits
    #[arg(
        long,
        global = true,
        env = "DISCORD_API_URL",
        value_name = "URL",
        value_parser = address,
        hide_env_values = true
    )]
    discord_api_url: Option<String>,

    /// The ids of the Discord users who may use operator commands
    #[arg(
        long,
        global = true,
        env = "DOCKET_OPERATORS",
        value_name = "ID",
        value_delimiter = ',',
        hide_env_values = true
    )]
    operators: Vec<String>,
}

/// A token is no one's business.
impl std::fmt::Debug for AccessArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessArgs").finish_non_exhaustive()
    }
}

impl AccessArgs {
    /// How to get at Discord; none without a token.
    pub(super) fn access(&self, links: Option<&Links>) -> Result<Option<Access>, Failure> {
        // Set to nothing, as a compose file does, it is one empty id.
        let operators: Vec<_> = self.operators.iter().filter(|id| !id.is_empty()).collect();
        for id in &operators {
            if !id.bytes().all(|it| it.is_ascii_digit()) {
                let message = format!("`{id}` is not the id of a Discord user");
                return Err(Failure::usage(message).help(
                    "name users with `--operators` or `DOCKET_OPERATORS`: ids of digits, with \
                     commas between them",
                ));
            }
        }
        let Some(token) = self.token()? else {
            return Ok(None);
        };
        Ok(Some(Access {
            token,
            base: self.discord_api_url.clone().filter(|url| !url.is_empty()),
            links: links.cloned(),
            operators: operators.into_iter().cloned().collect(),
        }))
    }

    fn token(&self) -> Result<Option<Secret>, Failure> {
        // Set to nothing, as a compose file does, they are not given.
        let token = self.discord_token.as_ref();
        let token = token.filter(|token| !token.trim().is_empty());
        let file = self.discord_token_file.as_ref();
        let file = file.filter(|path| !path.is_empty());
        let (token, place) = match (token, file) {
            // Whichever counted, somebody would wonder why the other one does not.
            (Some(_), Some(_)) => {
                let message = "the token of Discord is given twice: by `DISCORD_TOKEN` or \
                               `--discord-token`, and by `DISCORD_TOKEN_FILE` or \
                               `--discord-token-file`";
                return Err(Failure::usage(message)
                    .help("keep one of them, and leave the other one unset or empty"));
            }
            (Some(token), None) => (
                token.clone(),
                "`DISCORD_TOKEN` or `--discord-token`".to_owned(),
            ),
            (None, Some(path)) => {
                let token = std::fs::read_to_string(path).map_err(|error| {
                    Failure::problem(format!("cannot read the token from `{path}`: {error}"))
                        .help("name a file that holds the token and nothing else")
                })?;
                (token, format!("`{path}`"))
            }
            (None, None) => return Ok(None),
        };
        let token = token.trim();
        let token = token.strip_prefix("Bot ").unwrap_or(token);
        let is_one = !token.is_empty() && token.bytes().all(|it| it.is_ascii_graphic());
        if !is_one {
            let message = format!("what {place} has is no token of a Discord bot");
            return Err(Failure::usage(message).help(
                "copy it from the Bot page of your application: letters, digits, `.`, `-` and `_`",
            ));
        }
        Ok(Some(Secret::new(token.to_owned())))
    }
}

/// The base of an API; an empty one is none.
fn address(text: &str) -> Result<String, &'static str> {
    let rest = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    if text.is_empty() || rest.is_some_and(|rest| !rest.is_empty()) {
        Ok(text.to_owned())
    } else {
        Err("it begins with `https://` or `http://` and a host name: `http://127.0.0.1:8081`")
    }
}
