//! `remap completions`: the completion script of a shell.

use serde::Serialize;

use crate::output::Outcome;

#[derive(Serialize)]
struct Script<'a> {
    shell: String,
    script: &'a str,
}

pub(crate) fn run(
    shell: clap_complete::Shell,
    mut definition: clap::Command,
) -> anyhow::Result<Outcome> {
    // Rendered to memory: the generator itself panics where its reader has gone away.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition, "remap", &mut script);
    let script = String::from_utf8(script)?;
    Outcome::product(
        &Script {
            shell: shell.to_string(),
            script: &script,
        },
        script.clone(),
    )
}
