//! Accounts: registering, logging in, and who is calling.

use chrono::Duration;
use escalon_domain::{
    claim::Claim,
    member::{Email, Member, MemberCommand, MemberId, MemberStatus},
    organization::{OrganizationId, Setting},
    stamp::{Actor, Timestamp},
};

use crate::{
    caller::Caller,
    engine::{Done, Engine, Moment},
    failure::Failure,
    member::InviteMember,
    once::Once,
    ports::Purpose,
};

/// How long an access token is good.
pub const ACCESS_LIFETIME: Duration = Duration::minutes(60);
/// How long an invitation is good.
pub const INVITATION_LIFETIME: Duration = Duration::days(7);
/// Passwords have at least this many characters (NIST SP 800-63B asks for 8, OWASP for 12 without a second factor).
pub const SHORTEST_PASSWORD: usize = 12;
const LONGEST_PASSWORD: usize = 200;

const WRONG_LOGIN: &str = "organization, email address or password is wrong";

/// Somebody who registers.
#[derive(Clone)]
pub struct Registration {
    /// The short name of the organization.
    pub organization: String,
    /// Their name; an invited person keeps the one they were invited with.
    pub name: String,
    /// Their address.
    pub email: Email,
    /// The password they choose.
    pub password: String,
    /// The invitation token, where the organization does not let people register by themselves.
    pub invitation: Option<String>,
}

/// A session that begins.
#[derive(Debug, Clone)]
pub struct Session {
    /// The token to send with every request.
    pub token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The member.
    pub member: Done<Member>,
    /// Their organization.
    pub organization: OrganizationId,
}

impl Engine {
    /// Registers somebody: who was invited joins; others get the role that the organization gives to newcomers, if it does.
    ///
    /// # Errors
    /// A weak password, a bad invitation, an organization that invites only, or an address that is taken.
    pub async fn register(&self, registration: Registration, source: &str) -> Result<Session, Failure> {
        let Registration { organization, name, email, password, invitation } = registration;
        strong(&password, &email)?;
        let mut operator = self.operate(&organization, source).await?;
        operator.actor = Actor::system("registration");
        // The password is kept first: who is cut off before joining can do the whole again.
        let hash = self.ports.passwords.hash(password).await?;
        let done = match invitation {
            Some(token) => {
                let member = self.invited(&operator, &token, &email).await?;
                self.ports.credentials.put(operator.organization, member, &hash).await?;
                let joining = Caller { actor: Actor::Member(member), ..operator.clone() };
                self.change(&joining, member, MemberCommand::Join, &Once::default()).await?
            }
            None => self.newcomer(&operator, name, email, &hash).await?,
        };
        self.session(operator.organization, done)
    }

    /// Logs in.
    ///
    /// # Errors
    /// One and the same error whatever is wrong, so that nobody learns who is a member.
    pub async fn log_in(
        &self,
        organization: &str,
        email: &str,
        password: String,
        source: &str,
    ) -> Result<Session, Failure> {
        let wrong = || Failure::Unauthenticated(WRONG_LOGIN.to_owned());
        let operator = match self.operate(organization, source).await {
            Ok(operator) => Some(operator),
            Err(Failure::NotFound { .. }) => None,
            Err(other) => return Err(other),
        };
        let known = match (&operator, email.parse::<Email>()) {
            (Some(operator), Ok(email)) => self.by_email(operator, &email).await?,
            _ => None,
        };
        let hash = match (&operator, known) {
            (Some(operator), Some(member)) => {
                self.ports.credentials.find(operator.organization, member).await?
            }
            _ => None,
        };
        let right = self.ports.passwords.verify(password, hash).await?;
        let (Some(operator), Some(member), true) = (operator, known, right) else { return Err(wrong()) };
        let done = self.see(&operator, member, Moment::Now).await?;
        if done.state.status != MemberStatus::Active {
            return Err(wrong());
        }
        self.session(operator.organization, done)
    }

    /// Who a token speaks for, and what they may do now: roles are looked up at each call, so that a revoked one ends at once.
    ///
    /// # Errors
    /// The token is expired or not valid, or its member or organization is suspended.
    pub async fn authenticate(&self, token: &str, source: &str) -> Result<Caller, Failure> {
        let refused = |why: &dyn ToString| Failure::Unauthenticated(why.to_string());
        let verified = self.ports.tokens.verify(Purpose::Access, token, self.now());
        let claims = verified.map_err(|error| refused(&error))?;
        let operator = Caller::operator(claims.organization, source, self.ports.ids.uuid());
        let (organization, _) = self.load(&operator, claims.organization, Moment::Now).await?;
        if organization.suspended {
            return Err(refused(&"this organization is suspended; ask the operator of the installation"));
        }
        let (member, _) = self.load::<Member>(&operator, claims.member, Moment::Now).await?;
        if member.status != MemberStatus::Active {
            return Err(refused(
                &"this member is suspended or gone; ask an administrator of your organization",
            ));
        }
        let grants = self.grants_of(&operator, &member).await?;
        Ok(Caller { actor: Actor::Member(claims.member), grants, ..operator })
    }

    /// The token with which an invited member joins.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn invitation(&self, organization: OrganizationId, member: MemberId) -> Result<String, Failure> {
        let now = self.now();
        Ok(self.ports.tokens.issue(Purpose::Invitation, member, organization, now, INVITATION_LIFETIME)?)
    }

    /// An access token for a member, without a password. For operators.
    ///
    /// # Errors
    /// The member is not there or not active.
    pub async fn token_for(
        &self,
        operator: &Caller,
        member: MemberId,
        lifetime: Duration,
    ) -> Result<String, Failure> {
        let done = self.see(operator, member, Moment::Now).await?;
        if done.state.status != MemberStatus::Active {
            return Err(Failure::invalid(["member"], "this member is not active; a token would be refused"));
        }
        Ok(self.ports.tokens.issue(Purpose::Access, member, operator.organization, self.now(), lifetime)?)
    }

    /// Sets a member's password and lets them join, without an invitation. For operators.
    ///
    /// # Errors
    /// A weak password, or a member who is not there.
    pub async fn set_password(
        &self,
        operator: &Caller,
        member: MemberId,
        password: String,
    ) -> Result<(), Failure> {
        let state = self.see(operator, member, Moment::Now).await?.state;
        let email = state.email.as_ref().and_then(|email| email.reveal().cloned());
        let email = email
            .ok_or(Failure::invalid(["member"], "this member has no email address and cannot log in"))?;
        strong(&password, &email)?;
        let hash = self.ports.passwords.hash(password).await?;
        self.ports.credentials.put(operator.organization, member, &hash).await?;
        if state.status == MemberStatus::Invited {
            self.change(operator, member, MemberCommand::Join, &Once::default()).await?;
        }
        Ok(())
    }

    /// The member with this address.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn by_email(&self, caller: &Caller, email: &Email) -> Result<Option<MemberId>, Failure> {
        let claim = Claim::organization("member.email", self.email_digest(caller, email).await?);
        let holder = self.ports.store.holder(caller.organization, &claim).await?;
        Ok(holder.and_then(|id| id.parse().ok()))
    }

    async fn invited(&self, operator: &Caller, token: &str, email: &Email) -> Result<MemberId, Failure> {
        let bad = |message: &str| Failure::invalid(["invitation"], message);
        let claims = self.ports.tokens.verify(Purpose::Invitation, token, self.now());
        let claims = claims.map_err(|_| bad("is not valid any more; ask for a new one"))?;
        if claims.organization != operator.organization
            || self.by_email(operator, email).await? != Some(claims.member)
        {
            return Err(bad("is for another organization or email address"));
        }
        let (member, _) = self.load::<Member>(operator, claims.member, Moment::Now).await?;
        if member.status != MemberStatus::Invited {
            return Err(bad("was used before; log in"));
        }
        Ok(claims.member)
    }

    async fn newcomer(
        &self,
        operator: &Caller,
        name: String,
        email: Email,
        hash: &str,
    ) -> Result<Done<Member>, Failure> {
        let organization = self.organization(operator, Moment::Now).await?.state;
        let Some(role) = organization.settings.get(&Setting::RegistrationRole) else {
            let message = "this organization lets people in by invitation only; ask an administrator for one";
            return Err(Failure::invalid(["invitation"], message));
        };
        let id = self.new_id();
        self.ports.credentials.put(operator.organization, id, hash).await?;
        let roles = vec![role.clone()];
        let input = InviteMember { id: Some(id), name, email: Some(email), roles, joins: true };
        match self.invite_member(operator, input, &Once::default()).await {
            // Who is not logged in is not told whose the address is.
            Err(Failure::Duplicate { .. }) => Err(Failure::invalid(
                ["email"],
                "this address cannot be registered here; log in if it is yours",
            )),
            answer => answer,
        }
    }

    fn session(&self, organization: OrganizationId, member: Done<Member>) -> Result<Session, Failure> {
        let now = self.now();
        let token =
            self.ports.tokens.issue(Purpose::Access, member.id, organization, now, ACCESS_LIFETIME)?;
        Ok(Session { token, expires_at: now + ACCESS_LIFETIME, member, organization })
    }
}

fn strong(password: &str, email: &Email) -> Result<(), Failure> {
    let count = password.chars().count();
    let message = if count < SHORTEST_PASSWORD {
        format!("needs {SHORTEST_PASSWORD} characters or more; this has {count}")
    } else if count > LONGEST_PASSWORD {
        format!("may have {LONGEST_PASSWORD} characters at most")
    } else if password.to_lowercase().contains(&email.key()) {
        "must not contain your email address".to_owned()
    } else {
        return Ok(());
    };
    Err(Failure::invalid(["password"], message))
}
