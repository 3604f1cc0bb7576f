//! How a command ends: exit statuses, and one line on standard error where it fails.

use std::panic;
use std::process::ExitCode;

use crate::output::say_on_stderr;

/// Done.
pub(crate) const DONE: u8 = 0;
/// The command ran, and what it checks does not hold.
pub(crate) const DOES_NOT_HOLD: u8 = 1;
/// Bad arguments or bad input.
pub(crate) const FAILED: u8 = 2;

/// Says why the command failed, in one line from the outermost place inwards, and returns its exit
/// status.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    say_on_stderr("error", &chain(error));
    ExitCode::from(FAILED)
}

/// The error and its causes, but for those that the error before them tells already.
fn chain(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said += ": ";
            said += &cause;
        }
    }
    said
}

/// Runs `command`; a panic in it, which would be a mistake of this program, ends like a failure:
/// one line, no trace.
pub(crate) fn without_panic(command: impl FnOnce() -> ExitCode + panic::UnwindSafe) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let reason = text.unwrap_or("unknown reason");
        say_on_stderr(
            "error",
            &format!("mistake in remap itself, please report: {reason} ({place})"),
        );
    }));
    panic::catch_unwind(command).unwrap_or(ExitCode::from(FAILED))
}
