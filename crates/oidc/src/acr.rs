//! How sure we are of a person, by what they showed and by what the lab's policy makes of it.

use domain::evidence::Means;
use kernel::ids::LabId;
use service::Core;

/// `eidas2` only where the lab's configuration says so for these means: whether its desk checks identities as
/// eIDAS wants it for "substantial", only the lab can know.
pub fn of(core: &Core, lab: &LabId, means: Means) -> &'static str {
    let names = core.config.lab(lab).map(|lab| lab.eidas2_means.as_slice());
    match names.unwrap_or_default().iter().any(|name| name == means.as_str()) {
        true => "eidas2",
        false => "eidas1",
    }
}

#[cfg(test)]
mod tests {
    use config::MEANS;
    use domain::evidence::Means;

    #[test]
    fn the_configuration_names_means_that_there_are() {
        for name in MEANS {
            assert!(name.parse::<Means>().is_ok(), "{name}");
        }
    }
}
