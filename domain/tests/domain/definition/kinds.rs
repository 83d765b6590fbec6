//! What is wrong with a role or a team, and what roles add up to.

use std::collections::BTreeSet;

use escalon_domain::{
    access::{Grants, Permission, Role},
    team::Team,
};

use super::{is_faulty, role, team};

#[test]
fn a_role_has_a_title_and_a_level_from_1() {
    let bad = Role { title: " ".into(), level: 0, ..role("staff") };
    is_faulty(role("staff"), bad, &["title", "level"], "levels begin at 1");
    let bad = Role { title: "x".repeat(121), ..role("staff") };
    is_faulty(role("staff"), bad, &["title"], "may have 120 characters at most");
}

#[test]
fn a_team_has_a_title() {
    is_faulty(
        team("operations"),
        Team { title: String::new(), ..team("operations") },
        &["title"],
        "must not be empty",
    );
}

#[test]
fn roles_add_up_to_the_highest_level_and_all_permissions() {
    let reader = Role { level: 8, permissions: BTreeSet::from([Permission::AuditView]), ..role("viewer") };
    let grants = Grants::of([&role("staff"), &reader]);
    assert_eq!(grants.level, 4);
    assert!(grants.reach(4) && grants.reach(5) && !grants.reach(3));
    let allowed = [Permission::TicketReadAll, Permission::EscalationHandle, Permission::AuditView];
    assert_eq!(grants.permissions, BTreeSet::from(allowed));
    assert!(
        allowed.iter().all(|permission| grants.allow(*permission)) && !grants.allow(Permission::TicketClose)
    );
}

#[test]
fn no_roles_add_up_to_nothing() {
    assert_eq!(Grants::of([]), Grants::none());
    assert!(Permission::ALL.iter().all(|permission| !Grants::none().allow(*permission)));
    assert!(!Grants::none().reach(254));
}

#[test]
fn everything_is_everything() {
    assert!(Permission::ALL.iter().all(|permission| Grants::everything().allow(*permission)));
    assert!(Grants::everything().reach(1));
}

#[test]
fn the_catalogue_has_each_name_once_and_reads_it_back() {
    let names = Permission::ALL.iter().map(|permission| permission.name()).collect::<BTreeSet<_>>();
    assert_eq!(names.len(), Permission::ALL.len());
    for permission in Permission::ALL {
        assert_eq!(permission.to_string().parse(), Ok(*permission));
        assert!(
            permission
                .name()
                .split_once('.')
                .is_some_and(|(module, action)| !module.is_empty() && !action.is_empty())
        );
        assert!(!permission.what().is_empty());
    }
    let unknown = "ticket.burn".parse::<Permission>().unwrap_err().to_string();
    assert!(unknown.contains("ticket.burn") && unknown.contains("the catalogue"), "{unknown}");
}

#[test]
fn the_permissions_of_host_applications_are_carried() {
    let names = [
        "newsletter.create",
        "newsletter.read",
        "newsletter.update",
        "newsletter.delete",
        "newsletter.send",
        "campaign.create",
        "campaign.read",
        "campaign.update",
        "campaign.delete",
        "sms.send",
        "sms.read",
        "sms.campaign_create",
        "sms.campaign_send",
        "ai.config_read",
        "ai.config_update",
        "ai.faq_manage",
        "ai.learning_view",
        "ai.learning_train",
        "inbox.read",
        "inbox.reply",
        "inbox.assign",
        "escalation.create",
        "escalation.read",
        "escalation.handle",
        "escalation.resolve",
        "recording.read",
        "recording.download",
        "recording.delete",
        "analytics.view",
        "settings.system",
    ];
    for name in names {
        assert!(name.parse::<Permission>().is_ok(), "{name}");
    }
}
