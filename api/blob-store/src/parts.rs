//! Multipart uploads: a video of some hundred megabytes need not start again when the signal is lost.

use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use super::presign::PartToPut;
use super::{ObjectError, ObjectStore, PresignedPut, failure, length};

/// The timeout of beginning an upload, which is a short operation.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(4);
/// The timeout of joining: the store copies all parts before it answers, at some hundred megabytes a second.
const JOIN_TIMEOUT: Duration = Duration::from_secs(60);

/// A stored part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its place among the parts, from 1.
    pub number: u16,
    /// Number of bytes.
    pub length: u64,
    /// The store's entity tag of these bytes; joining requires it.
    pub etag: String,
}

/// One page of the uploads that were neither joined nor aborted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnfinishedPage {
    /// The uploads, in the order of their keys.
    pub uploads: Vec<UnfinishedParts>,
    /// The cursor of the next page; `None` on the last.
    pub next: Option<UnfinishedAfter>,
}

/// A multipart upload that is neither joined nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedParts {
    /// The key of the future object.
    pub key: String,
    /// The upload id.
    pub upload_id: String,
    /// When it was begun, seconds since 1970.
    pub begun_at: i64,
}

/// The position at which a page of unfinished uploads ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedAfter {
    key: String,
    upload_id: Option<String>,
}

impl ObjectStore {
    /// Begins a multipart upload; returns its upload id. The parts take space until they are joined or aborted.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, ObjectError> {
        let action = "begin an upload in parts";
        let begin = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type);
        // A person waits for the answer, and one link for the whole file is an alternative.
        let quick = TimeoutConfig::builder().operation_timeout(BEGIN_TIMEOUT).build();
        let quick = aws_sdk_s3::config::Builder::new().timeout_config(quick);
        let begun = begin.customize().config_override(quick).send().await.map_err(failure(action))?;
        begun.upload_id.ok_or_else(|| ObjectError::Other { action, reason: "the answer has no upload's id".into() })
    }

    /// A link by which one part of exactly this length can be uploaded, for `expires` from now, any number of times;
    /// the last upload is used. Part numbers are 1 to 10,000; all parts but the last have at least 5 MiB.
    #[must_use]
    pub fn presign_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u16,
        byte_size: u64,
        expires: Duration,
    ) -> PresignedPut {
        self.public.put_part(key, PartToPut { upload_id, number, byte_size }, expires)
    }

    /// The stored parts, by number. `NotFound` for an unknown or finished upload.
    pub async fn parts(&self, key: &str, upload_id: &str) -> Result<Vec<Part>, ObjectError> {
        let action = "list the parts of an upload";
        let (mut parts, mut after) = (Vec::new(), None::<String>);
        loop {
            let list = self.client.list_parts().bucket(&self.bucket).key(key).upload_id(upload_id);
            let page = list.set_part_number_marker(after.clone()).send().await.map_err(failure(action))?;
            for part in page.parts.unwrap_or_default() {
                let number = part.part_number.and_then(|number| u16::try_from(number).ok());
                let unnamed = || ObjectError::Other { action, reason: "a part has no number or no tag".into() };
                let (number, etag) = number.zip(part.e_tag).ok_or_else(unnamed)?;
                parts.push(Part { number, length: length(part.size, action)?, etag });
            }
            let next = page.next_part_number_marker.filter(|_| page.is_truncated == Some(true));
            match next {
                // A store that answers the same page for ever must not cause an endless loop.
                Some(next) if Some(&next) != after.as_ref() => after = Some(next),
                _ => return Ok(parts),
            }
        }
    }

    /// Joins parts to an object, whole or not at all. A repeated join, because the answer was lost, is no error.
    pub async fn join_parts(&self, key: &str, upload_id: &str, parts: &[Part]) -> Result<(), ObjectError> {
        let named =
            parts.iter().map(|part| CompletedPart::builder().part_number(part.number.into()).e_tag(&part.etag).build());
        let named = CompletedMultipartUpload::builder().set_parts(Some(named.collect())).build();
        let join = self.client.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload_id);
        let patient = TimeoutConfig::builder().operation_attempt_timeout(JOIN_TIMEOUT).operation_timeout(JOIN_TIMEOUT);
        let patient = aws_sdk_s3::config::Builder::new().timeout_config(patient.build());
        let joined = join.multipart_upload(named).customize().config_override(patient).send().await;
        match joined.map_err(failure("join the parts of an upload")) {
            Ok(_) => Ok(()),
            Err(ObjectError::NotFound) => self.joined_before(key, parts).await,
            Err(error) => Err(error),
        }
    }

    /// A store deletes an upload when it is joined. So the length of the existing object decides.
    async fn joined_before(&self, key: &str, parts: &[Part]) -> Result<(), ObjectError> {
        let whole: u64 = parts.iter().map(|part| part.length).sum();
        if self.head(key).await?.length == whole { Ok(()) } else { Err(ObjectError::NotFound) }
    }

    /// Aborts a multipart upload and removes its parts; an unknown or finished upload is no error.
    pub async fn abort_parts(&self, key: &str, upload_id: &str) -> Result<(), ObjectError> {
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload_id);
        match abort.send().await.map_err(failure("abort an upload in parts")) {
            Ok(_) | Err(ObjectError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Lists the unfinished uploads whose keys start with `prefix`, at most 1,000; `after` is the `next` of the page
    /// before.
    pub async fn unfinished_parts(
        &self,
        prefix: &str,
        after: Option<&UnfinishedAfter>,
        most: u16,
    ) -> Result<UnfinishedPage, ObjectError> {
        let list = self.client.list_multipart_uploads().bucket(&self.bucket).prefix(prefix).max_uploads(most.into());
        let list = list
            .set_key_marker(after.map(|after| after.key.clone()))
            .set_upload_id_marker(after.and_then(|after| after.upload_id.clone()));
        let page = list.send().await.map_err(failure("list unfinished uploads"))?;
        let uploads = page.uploads.unwrap_or_default().into_iter().filter_map(|upload| {
            Some(UnfinishedParts { key: upload.key?, upload_id: upload.upload_id?, begun_at: upload.initiated?.secs() })
        });
        let next = page.next_key_marker.filter(|_| page.is_truncated == Some(true));
        let next = next.map(|key| UnfinishedAfter { key, upload_id: page.next_upload_id_marker });
        Ok(UnfinishedPage { uploads: uploads.collect(), next })
    }
}
