//! An anchor in an object store (S3): an object for each checkpoint, which nobody overwrites.
//!
//! The name of an object is made of what it covers, and it is put only where nothing is (`If-None-Match: *`, AWS's “conditional
//! writes”): two databases that sign different trees with one key cannot both be anchored. Names begin with the size counted
//! downward, since an object store lists in one direction only: the first that is listed is the largest.

use std::{fmt, io, time::Duration};

use async_trait::async_trait;
use aws_sdk_s3::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, timeout::TimeoutConfig},
    error::{DisplayErrorContext, SdkError},
    primitives::ByteStream,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use escalon_proof::checkpoint::SignedCheckpoint;
use futures::future::try_join_all;

use super::anchor::{Anchor, Kept};

/// How many objects are put at once.
const AT_ONCE: usize = 16;
/// How long a call may take with everything that is tried again.
const PATIENCE: Duration = Duration::from_secs(30);
/// What an object store answers where something is already.
const TAKEN: u16 = 412;

/// Where an object store is, and what opens it.
#[derive(Clone)]
pub struct ObjectStore {
    /// Its address; AWS's own of the region without one.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What the names of objects begin with.
    pub prefix: String,
    /// Who asks.
    pub access_key: String,
    /// What they sign with.
    pub secret_key: String,
}

impl fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, bucket, prefix, .. } = self;
        write!(f, "ObjectStore({endpoint:?}, {bucket}/{prefix}, …)")
    }
}

/// An anchor in a bucket. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ObjectAnchor {
    client: Client,
    store: ObjectStore,
}

impl ObjectAnchor {
    /// In this bucket, which has to be there.
    #[must_use]
    pub fn new(store: ObjectStore) -> Self {
        let https = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let credentials = Credentials::new(&store.access_key, &store.secret_key, None, None, "escalon");
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(https)
            .region(Region::new(store.region.clone()))
            .credentials_provider(credentials)
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            // Stores that are not AWS's know buckets as the first part of the path.
            .force_path_style(store.endpoint.is_some());
        config.set_endpoint_url(store.endpoint.clone());
        Self { client: Client::from_conf(config.build()), store }
    }

    fn folder(&self, organization: &str) -> String {
        format!("{}{organization}/", self.store.prefix)
    }

    fn name(&self, organization: &str, size: u64) -> String {
        format!("{}{:020}.{size}.note", self.folder(organization), u64::MAX - size)
    }

    async fn put(&self, kept: &Kept) -> io::Result<()> {
        let name = self.name(&kept.organization, kept.size);
        let put = self
            .client
            .put_object()
            .bucket(&self.store.bucket)
            .key(&name)
            .if_none_match("*")
            .content_type("text/plain; charset=utf-8")
            .body(ByteStream::from(kept.note.clone().into_bytes()));
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) if status(&error) == Some(TAKEN) => self.same(&name, kept).await,
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// What is there already has to be what was to be put: it was, before a crash perhaps.
    async fn same(&self, name: &str, kept: &Kept) -> io::Result<()> {
        let there = self.get(name).await?;
        let signed = |note: &str| note.parse::<SignedCheckpoint>().map(|signed| signed.unverified().clone());
        if signed(&there).is_ok_and(|there| signed(&kept.note).is_ok_and(|new| new == there)) {
            return Ok(());
        }
        let Kept { organization, size, .. } = kept;
        let message = format!(
            "{name} in the bucket {} holds another checkpoint over {size} leaves of {organization}, which was left as it is: \
             two databases sign with this key, one of them a restored copy perhaps; stop the wrong one",
            self.store.bucket
        );
        Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
    }

    async fn get(&self, name: &str) -> io::Result<String> {
        let got = self.client.get_object().bucket(&self.store.bucket).key(name).send().await;
        let body =
            got.map_err(|error| self.failed(&error))?.body.collect().await.map_err(io::Error::other)?;
        String::from_utf8(body.to_vec()).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn failed<E: std::error::Error + 'static, R: fmt::Debug + 'static>(
        &self,
        error: &SdkError<E, R>,
    ) -> io::Error {
        io::Error::other(format!("{}: {}", self.place(), DisplayErrorContext(error)))
    }
}

#[async_trait]
impl Anchor for ObjectAnchor {
    fn place(&self) -> String {
        let ObjectStore { endpoint, region, bucket, prefix, .. } = &self.store;
        let at = endpoint.as_deref().unwrap_or(region);
        format!("s3://{bucket}/{prefix} at {at}")
    }

    async fn keep(&self, checkpoints: &[Kept]) -> io::Result<()> {
        for some in checkpoints.chunks(AT_ONCE) {
            try_join_all(some.iter().map(|kept| self.put(kept))).await?;
        }
        Ok(())
    }

    async fn largest(&self, organization: &str) -> io::Result<Option<Kept>> {
        let list = self.client.list_objects_v2().bucket(&self.store.bucket);
        let list = list.prefix(self.folder(organization)).max_keys(1).send().await;
        let listed = list.map_err(|error| self.failed(&error))?;
        let Some(name) = listed.contents().first().and_then(|object| object.key()) else { return Ok(None) };
        let note = self.get(name).await?;
        let signed = note.parse::<SignedCheckpoint>();
        // What is no checkpoint is handed on as it is: the notary says so.
        let size = signed.map(|signed| signed.unverified().size).unwrap_or_default();
        Ok(Some(Kept { organization: organization.to_owned(), size, note }))
    }
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}
