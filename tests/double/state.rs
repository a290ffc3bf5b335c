//! All of the double's state: the world, and what the test wants done to it.

use crate::double::answer::Refusal;
use crate::double::body::Body;
use crate::double::clock::Millis;
use crate::double::faults::Faults;
use crate::double::gateway::Gateway;
use crate::double::interaction::Interaction;
use crate::double::limits::Limits;
use crate::double::nonces::Nonces;
use crate::double::openapi;
use crate::double::route::Route;
use crate::double::snowflake::Snowflake;
use crate::double::strict::{At, Problems};
use crate::double::traffic::Traffic;
use crate::double::world::World;
use std::collections::BTreeMap;

/// The state of a double.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) traffic: Traffic,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) gateway: Gateway,
    pub(crate) nonces: Nonces,
    pub(crate) interactions: BTreeMap<Snowflake, Interaction>,
    /// For how long a new message cannot be read back.
    pub(crate) history_lag: Millis,
    /// How long an interaction waits for its answer.
    pub(crate) patience: Millis,
}

/// A request, read.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) route: Route,
    pub(crate) query: BTreeMap<String, String>,
    /// What stands in `Authorization`.
    pub(crate) authorization: Option<String>,
    pub(crate) body: Body,
}

impl State {
    /// A world with nothing but the bot, seen by its token; `seed` draws what is random.
    pub(crate) fn new(token: &str, seed: u64, gateway: Gateway) -> Self {
        Self {
            world: World::new(token),
            traffic: Traffic::default(),
            limits: Limits::none(),
            faults: Faults::default(),
            gateway,
            nonces: Nonces::drawn(seed),
            interactions: BTreeMap::new(),
            history_lag: 0,
            patience: 3_000,
        }
    }

    /// The double's now.
    pub(crate) fn now(&self) -> Millis {
        self.world.clock.now()
    }

    /// Looks at the body of a request, and records what is wrong with it.
    pub(crate) fn examine(
        &mut self,
        call: &Call,
        look: impl FnOnce(&mut At<'_>),
    ) -> Result<(), Refusal> {
        let mut problems = Problems::default();
        look(&mut problems.root(&call.body.json));
        // What our rules found says it better.
        if problems.is_empty() {
            openapi::check(call.route.endpoint, &call.body.json, &mut problems);
        }
        if problems.is_empty() {
            return Ok(());
        }
        self.traffic.violate(call.route.endpoint, problems.lines());
        Err(problems.refusal())
    }
}
