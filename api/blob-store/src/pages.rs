//! CORS of an S3 server: a browser lets a page upload and read only if the store's rules name the page's origin.

use std::time::Duration;

use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::primitives::SdkBody;
use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector;

use super::probe::{PROBES, connector};
use super::{ATTEMPT_TIMEOUT, ObjectError, ObjectStore, chain, failure};

const ACTION: &str = "let pages upload and read";
/// The headers that upload links are signed for, and those of cheaper reads.
const HEADERS: [&str; 5] = ["content-type", "x-amz-checksum-sha256", "range", "if-none-match", "if-modified-since"];

impl ObjectStore {
    /// Makes sure that pages of these origins may upload and read by links. Asks the store as a browser does, and adds
    /// a rule to the bucket if the store refuses.
    ///
    /// # Errors
    /// When the store cannot be asked, accepts no rule, or still refuses.
    pub async fn allow_pages(&self, origins: &[String]) -> Result<(), ObjectError> {
        if self.refused_page(origins).await?.is_none() {
            return Ok(());
        }
        self.add_rule(origins).await?;
        match self.refused_page(origins).await? {
            None => Ok(()),
            Some(origin) => Err(ObjectError::Other { action: ACTION, reason: format!("it refuses {origin}") }),
        }
    }

    /// The first of the origins whose uploads the store refuses.
    async fn refused_page<'a>(&self, origins: &'a [String]) -> Result<Option<&'a str>, ObjectError> {
        let connector = connector();
        // Nothing is uploaded by this link, because a preflight has no signature and concerns the address alone.
        let link = self.own.put(&format!("{PROBES}page"), 1, "image/jpeg", &[0; 32], Duration::from_secs(60));
        for origin in origins {
            if !allows(&connector, &link.url, origin).await? {
                return Ok(Some(origin));
            }
        }
        Ok(None)
    }

    /// Adds a rule for the origins to the existing rules of the bucket.
    async fn add_rule(&self, origins: &[String]) -> Result<(), ObjectError> {
        // A bucket without rules answers with an error that says so.
        let known = self.client.get_bucket_cors().bucket(&self.bucket).send().await;
        let mut rules = known.map(|known| known.cors_rules.unwrap_or_default()).unwrap_or_default();
        let unfit =
            |error: aws_sdk_s3::error::BuildError| ObjectError::Other { action: ACTION, reason: error.to_string() };
        let rule = CorsRule::builder()
            .set_allowed_origins(Some(origins.to_vec()))
            .set_allowed_methods(Some(["GET", "HEAD", "PUT"].map(str::to_owned).to_vec()))
            .set_allowed_headers(Some(HEADERS.map(str::to_owned).to_vec()))
            .set_expose_headers(Some(["ETag", "Content-Range"].map(str::to_owned).to_vec()))
            .max_age_seconds(3_600);
        rules.push(rule.build().map_err(unfit)?);
        let rules = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().map_err(unfit)?;
        let put = self.client.put_bucket_cors().bucket(&self.bucket).cors_configuration(rules);
        put.send().await.map(drop).map_err(failure(ACTION))
    }
}

/// Whether the store accepts an upload of a page of this origin, asked as a browser does.
async fn allows(connector: &Connector, url: &str, origin: &str) -> Result<bool, ObjectError> {
    let other = |reason: String| ObjectError::Other { action: ACTION, reason };
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("OPTIONS").map_err(|error| other(chain(&error)))?;
    request.set_uri(url).map_err(|error| other(chain(&error)))?;
    for (name, value) in [
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type,x-amz-checksum-sha256"),
    ] {
        request.headers_mut().insert(name, value.to_owned());
    }
    let unreachable = |reason: String| ObjectError::Unreachable { action: ACTION, reason };
    let answer = tokio::time::timeout(ATTEMPT_TIMEOUT, connector.call(request))
        .await
        .map_err(|_| unreachable(format!("no answer within {} s", ATTEMPT_TIMEOUT.as_secs())))?
        .map_err(|error| unreachable(chain(&error)))?;
    let allowed = answer.headers().get("access-control-allow-origin");
    Ok(answer.status().is_success() && allowed.is_some_and(|allowed| allowed == origin || allowed == "*"))
}
