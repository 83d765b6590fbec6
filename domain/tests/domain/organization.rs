//! Organizations.

use escalon_domain::{
    claim::{Claim, ClaimChange},
    organization::{
        AnalystGranted, AnalystRevoked, Founded, Organization, OrganizationCommand, OrganizationEvent,
        PersonalDataExported, Reinstated, Renamed, Setting, SettingChanged, Suspended,
    },
    refusal::RefusalCode,
};

use crate::{
    cast::slug,
    harness::{Scenario, events, invalid, refused},
    table::Table,
};

const MOVES: &str = "
           | unknown  | founded       | suspended
 found     | founded  | AlreadyExists | AlreadyExists
 rename    | NotFound | founded       | ✘
 set       | NotFound | founded       | ✘
 suspend   | NotFound | suspended     | ✘
 reinstate | NotFound | =             | founded
";

fn founded() -> Founded {
    Founded { slug: slug("acme"), name: "Acme".into() }
}

fn set(value: Option<&str>) -> OrganizationCommand {
    OrganizationCommand::Set { setting: Setting::RegistrationRole, value: value.map(str::to_owned) }
}

fn changed(previous: Option<&str>, value: Option<&str>) -> SettingChanged {
    let (previous, value) = (previous.map(str::to_owned), value.map(str::to_owned));
    SettingChanged { setting: Setting::RegistrationRole, previous, value }
}

fn rename(name: &str) -> OrganizationCommand {
    OrganizationCommand::Rename { name: name.into() }
}

fn organization(status: &str) -> Scenario<Organization> {
    match status {
        "unknown" => Scenario::new(),
        "founded" => Scenario::given(events![founded()]),
        "suspended" => Scenario::given(events![founded(), Suspended { reason: "Unpaid.".into() }]),
        _ => panic!("no history leads to {status}"),
    }
}

fn status(organization: &Organization) -> String {
    let status = if organization.suspended { "suspended" } else { "founded" };
    organization.slug.as_ref().map_or("unknown", |_| status).to_owned()
}

#[test]
fn every_command_at_every_status() {
    let command = |name: &str| match name {
        "found" => OrganizationCommand::Found { slug: slug("other"), name: "Other".into() },
        "rename" => rename("Acme Limited"),
        "set" => set(Some("staff")),
        "suspend" => OrganizationCommand::Suspend { reason: "Unpaid.".into() },
        "reinstate" => OrganizationCommand::Reinstate,
        _ => panic!("no command is called {name}"),
    };
    Table::read(MOVES).holds(organization, command, status);
}

#[test]
fn founding_takes_the_short_name_in_the_installation() {
    let found = OrganizationCommand::Found { slug: slug("acme"), name: "Acme".into() };
    organization("unknown").when(found).then(events![founded()]);
    assert_eq!(
        organization("founded").last_claims(),
        [ClaimChange::Take(Claim::platform("organization.slug", "acme"))]
    );
    assert_eq!(organization("suspended").last_claims(), []);
}

#[test]
fn names_have_1_to_120_characters() {
    for name in [String::new(), "  ".into(), "x".repeat(121)] {
        let found = OrganizationCommand::Found { slug: slug("acme"), name: name.clone() };
        organization("unknown").when(found).then(invalid(&["name"]));
        organization("founded").when(rename(&name)).then(invalid(&["name"]));
    }
    let longest = "é".repeat(120);
    let expected = Renamed { previous: "Acme".into(), name: longest.clone() };
    assert_eq!(organization("founded").when(rename(&longest)).then(events![expected]).name, longest);
}

#[test]
fn the_same_name_is_already_so() {
    organization("founded").when(rename("Acme")).then_nothing();
}

#[test]
fn a_setting_remembers_its_value_before() {
    let after = organization("founded").when(set(Some("staff"))).then(events![changed(None, Some("staff"))]);
    assert_eq!(after.settings[&Setting::RegistrationRole], "staff");
    let with_staff = Scenario::<Organization>::given(events![founded(), changed(None, Some("staff"))]);
    with_staff.clone().when(set(Some("staff"))).then_nothing();
    with_staff.clone().when(set(Some("viewer"))).then(events![changed(Some("staff"), Some("viewer"))]);
    let after = with_staff.when(set(None)).then(events![changed(Some("staff"), None)]);
    assert!(after.settings.is_empty());
    organization("founded").when(set(None)).then_nothing();
}

#[test]
fn suspending_needs_a_reason() {
    organization("founded")
        .when(OrganizationCommand::Suspend { reason: " ".into() })
        .then(invalid(&["reason"]));
}

fn analyst(role: &str, unmasked: bool) -> OrganizationCommand {
    OrganizationCommand::GrantAnalyst { role: role.into(), unmasked }
}

#[test]
fn analysts_are_granted_changed_and_revoked_even_when_work_has_stopped() {
    let granted = |unmasked| AnalystGranted { role: "analyst_acme".into(), unmasked };
    let after = organization("founded").when(analyst("analyst_acme", false)).then(events![granted(false)]);
    assert_eq!(after.analysts, [("analyst_acme".to_owned(), false)].into());
    let with = |more: Vec<OrganizationEvent>| {
        Scenario::<Organization>::given([events![founded(), granted(false)], more].concat())
    };
    with(Vec::new()).when(analyst("analyst_acme", false)).then_nothing();
    with(Vec::new()).when(analyst("analyst_acme", true)).then(events![granted(true)]);
    let revoke = || OrganizationCommand::RevokeAnalyst { role: "analyst_acme".into() };
    let revoked = || AnalystRevoked { role: "analyst_acme".into() };
    let suspended = events![Suspended { reason: "Unpaid.".into() }];
    assert!(with(suspended).when(revoke()).then(events![revoked()]).analysts.is_empty());
    organization("founded").when(revoke()).then(refused(RefusalCode::NotAllowed, &[]).saying("analyst_acme"));
    organization("suspended")
        .when(analyst("analyst_acme", false))
        .then(refused(RefusalCode::InvalidTransition, &["reinstate"]));
    for role in ["", "1a", "A", "a b", "a\"b", "pg_read_all_data", &"a".repeat(64)] {
        organization("founded").when(analyst(role, false)).then(invalid(&["role"]));
    }
}

#[test]
fn exporting_personal_data_needs_a_reason() {
    let export = |reason: &str| OrganizationCommand::ExportPersonalData {
        views: vec!["members".into()],
        format: "csv".into(),
        reason: reason.into(),
    };
    organization("founded").when(export("because")).then(invalid(&["reason"]));
    let reason = "asked for by the officer";
    let (views, format) = (vec!["members".into()], "csv".into());
    let exported = PersonalDataExported { views, format, reason: reason.into() };
    organization("suspended").when(export(reason)).then(events![exported]);
}

#[test]
fn reinstating_lets_work_go_on() {
    let after = organization("suspended").when(OrganizationCommand::Reinstate).then(events![Reinstated {}]);
    assert!(!after.suspended);
}

#[test]
fn settings_are_read_by_their_names() {
    for setting in Setting::ALL {
        assert_eq!(setting.to_string().parse(), Ok(*setting));
        assert_eq!(serde_json::to_value(setting).unwrap(), setting.name());
    }
    let unknown = "registration.open".parse::<Setting>().unwrap_err().to_string();
    assert!(Setting::ALL.iter().all(|setting| unknown.contains(setting.name())), "{unknown}");
}
