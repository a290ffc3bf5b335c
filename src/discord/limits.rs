//! Discord's limits, in code points and counts, and the last guard that keeps every message within
//! them. Whoever writes a message cuts where it reads well; the guard only makes sure.

use super::message::{Block, Embed, Message, OnPress, Row, Select};
use super::text::{cut, plain};

/// The content of a message.
pub const CONTENT_MAX: usize = 2_000;
/// The title of an embed.
pub const TITLE_MAX: usize = 256;
/// The description of an embed.
pub const DESCRIPTION_MAX: usize = 4_096;
/// The fields of an embed.
pub const FIELDS_MAX: usize = 25;
/// The name of a field.
pub const FIELD_NAME_MAX: usize = 256;
/// The value of a field.
pub const FIELD_VALUE_MAX: usize = 1_024;
/// The footer of an embed.
pub const FOOTER_MAX: usize = 2_048;
/// The line above the title of an embed.
pub const AUTHOR_MAX: usize = 256;
/// All texts of an embed together.
pub const EMBED_MAX: usize = 6_000;
/// The rows of buttons and selects of a message.
pub const ROWS_MAX: usize = 5;
/// The buttons of a row.
pub const BUTTONS_MAX: usize = 5;
/// The label of a button.
pub const LABEL_MAX: usize = 80;
/// The state that a button or select carries.
pub const CUSTOM_ID_MAX: usize = 100;
/// The address of a button.
pub const BUTTON_URL_MAX: usize = 512;
/// Any other address.
pub const URL_MAX: usize = 2_048;
/// The options of a select.
pub const OPTIONS_MAX: usize = 25;
/// The label, value or description of an option.
pub const OPTION_MAX: usize = 100;
/// What a select says while nothing is chosen.
pub const PLACEHOLDER_MAX: usize = 150;
/// What autocomplete proposes.
pub const CHOICES_MAX: usize = 25;
/// The name or value of a proposal.
pub const CHOICE_MAX: usize = 100;
/// Who may be pinged by one message, of each kind.
pub const MENTIONS_MAX: usize = 100;
/// The words for a picture that one cannot see.
pub const ALT_MAX: usize = 1_024;
/// The files of a message.
pub const FILES_MAX: usize = 10;

/// The message with everything cut that Discord would refuse it for.
#[must_use]
pub fn fit(mut message: Message) -> Message {
    message.content = cut(message.content.trim(), CONTENT_MAX);
    message.embed = message.embed.map(fit_embed);
    message.rows = message
        .rows
        .into_iter()
        .filter_map(fit_row)
        .take(ROWS_MAX)
        .collect();
    message.files.truncate(FILES_MAX);
    for file in &mut message.files {
        file.alt = file.alt.take().map(|alt| plain(&alt, ALT_MAX));
    }
    let mentions = &mut message.mentions;
    mentions.roles.truncate(MENTIONS_MAX);
    mentions.users.truncate(MENTIONS_MAX);
    message
}

fn fit_embed(mut embed: Embed) -> Embed {
    embed.author = embed.author.map(|text| cut(text.trim(), AUTHOR_MAX));
    embed.title = cut(embed.title.trim(), TITLE_MAX);
    embed.footer = embed.footer.map(|text| cut(text.trim(), FOOTER_MAX));
    embed.url = embed.url.filter(|url| url.chars().count() <= URL_MAX);
    embed
        .fields
        .retain(|field| !field.name.trim().is_empty() && !field.value.trim().is_empty());
    embed.fields.truncate(FIELDS_MAX);
    for Block { name, value, .. } in &mut embed.fields {
        *name = cut(name.trim(), FIELD_NAME_MAX);
        *value = cut(value.trim(), FIELD_VALUE_MAX);
    }
    // What stands last goes first: the description is what the message is about.
    let length = |text: &str| text.chars().count();
    let fixed = length(&embed.title)
        + embed.author.as_deref().map_or(0, length)
        + embed.footer.as_deref().map_or(0, length);
    embed.description = cut(
        embed.description.trim(),
        DESCRIPTION_MAX.min(EMBED_MAX - fixed),
    );
    let mut room = EMBED_MAX - fixed - length(&embed.description);
    embed.fields.retain(|field| {
        let needed = length(&field.name) + length(&field.value);
        let fits = needed <= room;
        room -= if fits { needed } else { 0 };
        fits
    });
    embed
}

fn fit_row(row: Row) -> Option<Row> {
    match row {
        Row::Buttons(mut buttons) => {
            buttons.retain(|button| match &button.action {
                OnPress::Ask(id) => (1..=CUSTOM_ID_MAX).contains(&id.chars().count()),
                OnPress::Open(url) => url.chars().count() <= BUTTON_URL_MAX,
            });
            buttons.truncate(BUTTONS_MAX);
            for button in &mut buttons {
                button.label = plain(&button.label, LABEL_MAX);
            }
            (!buttons.is_empty()).then_some(Row::Buttons(buttons))
        }
        Row::Select(mut select) => {
            fit_select(&mut select);
            (!select.options.is_empty()).then_some(Row::Select(select))
        }
    }
}

fn fit_select(select: &mut Select) {
    select.placeholder = plain(&select.placeholder, PLACEHOLDER_MAX);
    select
        .options
        .retain(|option| (1..=OPTION_MAX).contains(&option.value.chars().count()));
    select.options.truncate(OPTIONS_MAX);
    select.most = select.most.clamp(1, select.options.len().max(1));
    for option in &mut select.options {
        option.label = plain(&option.label, OPTION_MAX);
        option.description = option.description.take().map(|it| plain(&it, OPTION_MAX));
    }
}
