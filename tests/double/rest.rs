//! One request, from its route to its answer.

use crate::double::answer::{Answer, Refusal};
use crate::double::limits::Verdict;
use crate::double::route::Endpoint;
use crate::double::state::{Call, State};
use crate::double::{interaction, posting, reading};

/// Answers a request: who asks, how often, and then what for.
pub(super) fn answer(state: &mut State, call: &Call) -> Answer {
    if call.route.endpoint.needs_token() {
        let wanted = format!("Bot {}", state.world.token);
        if call.authorization.as_ref() != Some(&wanted) {
            return Refusal::UNAUTHORIZED.into();
        }
    }
    let now = state.now();
    let headers = match state.limits.take(&call.route, now) {
        Verdict::Limited(answer) => return answer,
        Verdict::Free(headers) => headers,
    };
    let mut answer = act(state, call).unwrap_or_else(Answer::from);
    answer.headers.extend(headers);
    answer
}

fn act(state: &mut State, call: &Call) -> Result<Answer, Refusal> {
    match call.route.endpoint {
        Endpoint::CreateMessage => posting::create(state, call),
        Endpoint::History => posting::history(state, call),
        Endpoint::GetMessage => posting::get(state, call),
        Endpoint::EditMessage => posting::edit(state, call),
        Endpoint::DeleteMessage => posting::delete(state, call),
        Endpoint::Crosspost => posting::crosspost(state, call),
        Endpoint::Pin => posting::pin(state, call),
        Endpoint::CreateThread => posting::create_thread(state, call),
        Endpoint::OpenDirect => reading::open_direct(state, call),
        Endpoint::PutCommands => reading::put_commands(state, call),
        Endpoint::Callback => interaction::callback(state, call),
        Endpoint::FollowUp => interaction::follow_up(state, call),
        Endpoint::GetReply => interaction::get(state, call, true),
        Endpoint::EditReply => interaction::edit(state, call, true),
        Endpoint::DeleteReply => interaction::delete(state, call, true),
        Endpoint::GetFollowUp => interaction::get(state, call, false),
        Endpoint::EditFollowUp => interaction::edit(state, call, false),
        Endpoint::DeleteFollowUp => interaction::delete(state, call, false),
        _ => reading::read(state, call),
    }
}
