//! The roles of requirements A and B, as far as the engine owns their objects.

use escalon_application::{Caller, Once};
use escalon_domain::{
    access::{Permission, Permission as P, Role},
    ticket_type::{Field, FieldKind, PriorityScale, TicketRules, TicketType},
};
use escalon_tests::TestApp;

/// The password of everybody who logs in with `someone@example.com`.
pub(crate) const PASSWORD: &str = "correct horse battery";

const GROWTH: &[P] = &[
    P::TicketCreate,
    P::TicketReadOwn,
    P::TicketEdit,
    P::TicketComment,
    P::TicketAccept,
    P::TicketReopen,
    P::TicketClose,
];
const OPS: &[P] = &[
    P::TicketReadAll,
    P::TicketAssign,
    P::TicketPrioritize,
    P::TicketComment,
    P::TicketNote,
    P::TicketTag,
    P::TicketWait,
    P::TicketResolve,
    P::ProofSubmit,
    P::ProofReview,
    P::MemberRead,
    P::AnalyticsView,
];
const STAFF: &[P] = &[
    P::TicketReadAll,
    P::TicketComment,
    P::TicketNote,
    P::EscalationCreate,
    P::EscalationRead,
    P::EscalationHandle,
    P::EscalationResolve,
    P::MemberRead,
    P::PersonalDataView,
    P::InboxRead,
    P::InboxReply,
    P::SmsRead,
    P::SmsSend,
    P::RecordingRead,
];
const MANAGER: &[P] = &[P::MemberRead, P::AnalyticsView];
const VIEWER: &[P] =
    &[P::TicketReadAll, P::EscalationRead, P::MemberRead, P::AnalyticsView, P::InboxRead, P::RecordingRead];

/// Requirement A's administrator: operations and the full inbox; no system settings, no approval or removal of people.
fn admin_of_a() -> Vec<P> {
    let not = [
        P::SettingsSystem,
        P::MemberSuspend,
        P::PrivacyForget,
        P::AiConfigUpdate,
        P::OrganizationEdit,
        P::RoleDefine,
        P::RoleGrant,
    ];
    Permission::ALL.iter().copied().filter(|permission| !not.contains(permission)).collect()
}

/// Each role: its organization's kind, its name, its level, its permissions.
pub(crate) fn all() -> Vec<(&'static str, u8, Vec<P>)> {
    vec![
        ("growth", 4, GROWTH.to_vec()),
        ("ops", 3, OPS.to_vec()),
        ("admin", 1, Permission::ALL.to_vec()),
        ("a-super-admin", 1, Permission::ALL.to_vec()),
        ("a-admin", 2, admin_of_a()),
        ("a-manager", 3, MANAGER.to_vec()),
        ("a-staff", 4, STAFF.to_vec()),
        ("a-viewer", 8, VIEWER.to_vec()),
    ]
}

/// An organization with a member for each role, who logs in as `ROLE@example.com`.
pub(crate) async fn furnished(app: &TestApp, slug: &str) -> Caller {
    let operator = app.organization(slug).await;
    for (name, level, permissions) in all() {
        let role = Role {
            name: name.parse().unwrap(),
            title: name.to_owned(),
            level,
            permissions: permissions.into_iter().collect(),
        };
        app.engine().define(&operator, role, &Once::default()).await.unwrap();
        person(app, &operator, name, name).await;
    }
    app.engine().define(&operator, listing_issue(), &Once::default()).await.unwrap();
    operator
}

/// A member with a role, who logs in as `NAME@example.com`.
pub(crate) async fn person(app: &TestApp, operator: &Caller, name: &str, role: &str) {
    let invite = escalon_application::member::InviteMember {
        id: None,
        name: name.to_owned(),
        email: Some(format!("{name}@example.com").parse().unwrap()),
        roles: vec![role.to_owned()],
        joins: false,
    };
    let member = app.engine().invite_member(operator, invite, &Once::default()).await.unwrap();
    app.engine().set_password(operator, member.id, PASSWORD.to_owned()).await.unwrap();
}

fn listing_issue() -> TicketType {
    let options = ["product_not_as_listed", "price_wrong"].map(str::to_owned).to_vec();
    let field = |name: &str, kind, required| Field {
        name: name.parse().unwrap(),
        title: name.to_owned(),
        kind,
        required,
        personal: false,
    };
    TicketType {
        name: "listing_issue".parse().unwrap(),
        title: "Listing issue".to_owned(),
        prefix: "GROW".to_owned(),
        priorities: PriorityScale::default(),
        default_priority: None,
        fields: vec![
            field("issue_type", FieldKind::Choice { options }, true),
            field("expected_output", FieldKind::Text, false),
        ],
        rules: TicketRules { acceptance: true, proof: false },
    }
}
