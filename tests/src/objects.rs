//! An object store (S3) for tests: it checks signatures, and puts only where it may.

use std::path::Path;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::{net::TcpListener, task::JoinHandle};

/// The access key.
pub const ACCESS_KEY: &str = "escalon";
/// The secret key.
pub const SECRET_KEY: &str = "correct horse battery";

/// A running object store over a directory, in which a bucket is a directory.
pub struct ObjectStoreServer {
    /// Its address.
    pub endpoint: String,
    server: JoinHandle<()>,
}

impl ObjectStoreServer {
    /// Starts one with this bucket.
    pub async fn start(directory: &Path, bucket: &str) -> Self {
        std::fs::create_dir_all(directory.join(bucket)).expect("a bucket");
        let mut builder = S3ServiceBuilder::new(FileSystem::new(directory).expect("an object store"));
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(socket), service.clone());
                tokio::spawn(connection);
            }
        });
        Self { endpoint, server }
    }
}

impl Drop for ObjectStoreServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}
