//! The S3 operations on the data folder.

use std::io;
use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::answers::{Conditions, check_conditions, checksum, e_tag, listed, refusal, written_at};
use crate::copying::copy;
use crate::folder::{DataFolder, WhenTaken};
use crate::listing::{self, Wanted};
use crate::object_file::{self, CHUNK, Declared, Metadata};
use crate::upload::{self, Expected};

/// The longest page of a listing, as in S3.
pub(crate) const LONGEST_PAGE: usize = 1000;

/// The store as the service of `s3s`.
pub(crate) struct Service {
    pub(crate) folder: Arc<DataFolder>,
    pub(crate) region: String,
}

impl Service {
    /// Runs file operations on the pool for blocking work. They finish even if the client disconnects meanwhile.
    pub(crate) async fn on_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&DataFolder) -> io::Result<T> + Send + 'static,
    ) -> S3Result<T> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || work(&folder)).await.map_err(S3Error::internal_error)?;
        done.map_err(refusal)
    }

    pub(crate) fn check_bucket(&self, bucket: &str) -> S3Result<()> {
        if self.folder.has_bucket(bucket) { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    async fn open(&self, bucket: String, key: String) -> S3Result<(std::fs::File, Metadata)> {
        self.check_bucket(&bucket)?;
        self.on_folder(move |folder| folder.open_object(&bucket, &key)).await
    }
}

#[async_trait::async_trait]
impl S3 for Service {
    async fn create_bucket(&self, req: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        let bucket = req.input.bucket;
        let location = Some(format!("/{bucket}"));
        self.on_folder(move |folder| folder.create_bucket(&bucket)).await?;
        Ok(S3Response::new(CreateBucketOutput { location }))
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.check_bucket(&req.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(self.region.clone()), ..Default::default() }))
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let mut input = req.input;
        self.check_bucket(&input.bucket)?;
        let when_taken = match input.if_none_match {
            None => WhenTaken::Replace,
            Some(ETagCondition::Any) => WhenTaken::Refuse,
            Some(_) => {
                return Err(s3_error!(NotImplemented, "If-None-Match of a PUT can only be *"));
            }
        };
        if input.if_match.is_some() || input.write_offset_bytes.is_some() {
            return Err(s3_error!(NotImplemented, "If-Match and appending are not supported"));
        }
        let body = input.body.take();
        let expected = Expected::of(&mut input, &req.headers, req.trailing_headers);
        let upload = self.on_folder(DataFolder::new_upload).await?;
        let (length, sha256) = upload::receive(&upload, body, expected).await?;
        let declared = Declared {
            content_type: input.content_type,
            cache_control: input.cache_control,
            user: input.metadata.unwrap_or_default().into_iter().collect(),
        };
        let metadata = object_file::metadata(declared, length, sha256, self.folder.now());
        let (e_tag, checksum_sha256) = (e_tag(&metadata), checksum(&metadata));
        let (bucket, key) = (input.bucket, input.key);
        self.on_folder(move |folder| folder.commit(upload, &metadata, (&bucket, &key), when_taken)).await?;
        Ok(S3Response::new(PutObjectOutput { e_tag, checksum_sha256, ..Default::default() }))
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let input = req.input;
        let (file, metadata) = self.open(input.bucket, input.key).await?;
        let conditions = Conditions {
            if_match: input.if_match.as_ref(),
            if_none_match: input.if_none_match.as_ref(),
            if_modified_since: input.if_modified_since.as_ref(),
            if_unmodified_since: input.if_unmodified_since.as_ref(),
        };
        check_conditions(&metadata, conditions)?;
        let whole = 0..metadata.length;
        let part = match input.range {
            Some(range) => range.check(metadata.length)?,
            None => whole.clone(),
        };
        let mut file = tokio::fs::File::from_std(file);
        file.seek(io::SeekFrom::Start(part.start)).await.map_err(refusal)?;
        let length = part.end - part.start;
        let body = StreamingBlob::wrap(ReaderStream::with_capacity(file.take(length), CHUNK));
        let content_range = input.range.map(|_| format!("bytes {}-{}/{}", part.start, part.end - 1, metadata.length));
        let asked = input.checksum_mode.is_some() && part == whole;
        let output = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            body: Some(body),
            checksum_sha256: asked.then(|| checksum(&metadata)).flatten(),
            content_length: i64::try_from(length).ok(),
            content_range,
            e_tag: e_tag(&metadata),
            last_modified: Some(written_at(&metadata)),
            content_type: metadata.content_type,
            cache_control: metadata.cache_control,
            metadata: (!metadata.user.is_empty()).then(|| metadata.user.into_iter().collect()),
            ..Default::default()
        };
        Ok(S3Response::new(output))
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = req.input;
        let (_, metadata) = self.open(input.bucket, input.key).await?;
        let conditions = Conditions {
            if_match: input.if_match.as_ref(),
            if_none_match: input.if_none_match.as_ref(),
            if_modified_since: input.if_modified_since.as_ref(),
            if_unmodified_since: input.if_unmodified_since.as_ref(),
        };
        check_conditions(&metadata, conditions)?;
        let asked = input.checksum_mode.is_some();
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            checksum_sha256: asked.then(|| checksum(&metadata)).flatten(),
            content_length: i64::try_from(metadata.length).ok(),
            e_tag: e_tag(&metadata),
            last_modified: Some(written_at(&metadata)),
            content_type: metadata.content_type,
            cache_control: metadata.cache_control,
            metadata: (!metadata.user.is_empty()).then(|| metadata.user.into_iter().collect()),
            ..Default::default()
        }))
    }

    async fn copy_object(&self, req: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let input = req.input;
        let CopySource::Bucket { bucket, key, version_id: None } = input.copy_source else {
            return Err(s3_error!(NotImplemented, "the source must be bucket/key"));
        };
        if input.copy_source_if_match.is_some() || input.copy_source_if_none_match.is_some() {
            return Err(s3_error!(NotImplemented, "conditions on the source are not supported"));
        }
        self.check_bucket(&input.bucket)?;
        let (source, known) = self.open(bucket.into(), key.into()).await?;
        let replace = input.metadata_directive.is_some_and(|what| what.as_str() == MetadataDirective::REPLACE);
        let declared = if replace {
            Declared {
                content_type: input.content_type,
                cache_control: input.cache_control,
                user: input.metadata.unwrap_or_default().into_iter().collect(),
            }
        } else {
            Declared {
                content_type: known.content_type.clone(),
                cache_control: known.cache_control.clone(),
                user: known.user.clone(),
            }
        };
        let (bucket, key) = (input.bucket, input.key);
        let metadata = self.on_folder(move |folder| copy(folder, (source, known), declared, (&bucket, &key))).await?;
        let result = CopyObjectResult {
            checksum_sha256: checksum(&metadata),
            e_tag: e_tag(&metadata),
            last_modified: Some(written_at(&metadata)),
            ..Default::default()
        };
        Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..Default::default() }))
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = req.input;
        self.check_bucket(&input.bucket)?;
        if input.if_match.is_some() {
            return Err(s3_error!(NotImplemented, "conditions on a DELETE are not supported"));
        }
        self.on_folder(move |folder| folder.delete(&input.bucket, &input.key)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = req.input;
        self.check_bucket(&input.bucket)?;
        if input.delimiter.is_some() {
            return Err(s3_error!(NotImplemented, "listing by delimiter is not supported"));
        }
        // The token is the last key of the page before, in hexadecimal, because a key may contain characters that XML
        // cannot.
        let token = input.continuation_token.clone();
        let after = match &token {
            Some(token) => hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
            None => Some(input.start_after.clone().unwrap_or_default()),
        };
        let after = after.ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is not one of ours"))?;
        let limit = input.max_keys.map_or(LONGEST_PAGE, |most| usize::try_from(most).unwrap_or(0).min(LONGEST_PAGE));
        let prefix = input.prefix.clone().unwrap_or_default();
        let bucket = input.bucket.clone();
        let page = self
            .on_folder(move |folder| {
                let wanted = Wanted { prefix: &prefix, after: &after, limit };
                listing::list(&folder.bucket_folder(&bucket), &wanted)
            })
            .await?;
        let last = page.objects.last().filter(|_| page.more).map(|(key, _)| hex::encode(key));
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: input.prefix,
            start_after: input.start_after,
            max_keys: i32::try_from(limit).ok(),
            key_count: i32::try_from(page.objects.len()).ok(),
            is_truncated: Some(last.is_some()),
            continuation_token: token,
            next_continuation_token: last,
            contents: Some(page.objects.into_iter().map(listed).collect()),
            ..Default::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.begin_parts(req.input).await
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        self.take_part(req).await
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        self.list_of_parts(req.input).await
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.join_parts(req.input).await
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.abort_parts(req.input).await
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        self.list_of_uploads(req.input).await
    }
}
