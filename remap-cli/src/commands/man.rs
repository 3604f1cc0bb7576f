//! `remap man`: manual pages.

use std::io::Write;

use anyhow::Context;
use clap::Command;
use clap_mangen::Man;
use serde::Serialize;

use crate::files::OutputDirectory;
use crate::output::Outcome;

#[derive(Serialize)]
struct Page<'a> {
    name: &'a str,
    page: &'a str,
}

#[derive(Serialize)]
struct Pages {
    files: Vec<String>,
}

pub(crate) fn run(
    mut definition: Command,
    name: Option<&str>,
    output: Option<&OutputDirectory>,
) -> anyhow::Result<Outcome> {
    let mut pages = Vec::new();
    definition.build();
    collect_pages(&definition, "remap", &mut pages)?;
    if let Some(directory) = output {
        return write_pages(&pages, directory);
    }
    let wanted = name.map_or("remap".to_string(), |name| format!("remap-{name}"));
    let (name, page) = pages
        .iter()
        .find(|(found, _)| *found == wanted)
        .with_context(|| format!("man {}: no such command", name.unwrap_or_default()))?;
    let text = String::from_utf8_lossy(page);
    Outcome::product(&Page { name, page: &text }, text.to_string())
}

/// The page of a command and those of the commands below it, rendered to memory.
fn collect_pages(
    command: &Command,
    name: &str,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> anyhow::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone())
        .title(name.to_uppercase())
        .render(&mut page)?;
    pages.push((name.to_string(), page));
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
    {
        collect_pages(below, &format!("{name}-{}", below.get_name()), pages)?;
    }
    Ok(())
}

fn write_pages(
    pages: &[(String, Vec<u8>)],
    directory: &OutputDirectory,
) -> anyhow::Result<Outcome> {
    let mut files = Vec::new();
    for (name, page) in pages {
        let path = directory.file(&format!("{name}.1"));
        mesh_io::write_atomically(&path, |out| out.write_all(page))?;
        files.push(path.display().to_string());
    }
    let text = files.join("\n");
    Outcome::summary(&Pages { files }, text)
}
