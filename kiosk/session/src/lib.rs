//! One visit as a pure state machine: inputs and time in, state and effects out.
//!
//! It owns every answer a visitor gives; nothing but a [`Fact`] about a visit ever comes out of
//! it. No clock, file, thread, async or screen is known here.

mod begun;
pub mod effect;
pub mod flow;
mod handset;
pub mod input;
pub mod now;
pub mod screen;
pub mod session;
mod state;
pub mod timer;

pub use effect::{Effect, Fact, PlayerCommand};
pub use input::{CallEvent, CallOutcome, CanCall, Devices, Door, Felt, Input, PlayerEvent};
pub use now::Now;
pub use screen::{
    CallFailure, CallStage, ConfirmWhy, Preferences, Screen, SoundState, Strip, TextSize,
};
pub use session::{Session, Settings};
pub use state::SOUNDING_BEDS;
