//! The S3 operations on multipart objects.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::dto::*;
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use crate::answers::{checksum, e_tag, moment, refusal, written_at};
use crate::folder::DataFolder;
use crate::object_file::{self, Declared, Metadata};
use crate::parts::{self, Named, PartsError, Place, Upload, Whole};
use crate::service::{LONGEST_PAGE, Service};
use crate::upload::{self, Expected};

/// The valid part numbers, as in S3.
const NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;

impl Service {
    pub(crate) async fn begin_parts(
        &self,
        input: CreateMultipartUploadInput,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.check_bucket(&input.bucket)?;
        let (bucket, key) = (input.bucket, input.key);
        let declared = Declared {
            content_type: input.content_type,
            cache_control: input.cache_control,
            user: input.metadata.unwrap_or_default().into_iter().collect(),
        };
        let begun = Upload { bucket: bucket.clone(), key: key.clone(), declared, begun_at: self.folder.now() };
        let upload_id = self.on_folder(move |folder| parts::begin(folder, &begun)).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(upload_id),
            ..Default::default()
        }))
    }

    pub(crate) async fn take_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        let mut input = req.input;
        let number = input.part_number;
        if !NUMBERS.contains(&number) {
            return Err(s3_error!(InvalidArgument, "a part's number is 1 to 10000"));
        }
        let body = input.body.take();
        let expected = Expected::of_part(&mut input, &req.headers, req.trailing_headers);
        let place = Place { upload_id: input.upload_id, bucket: input.bucket, key: input.key };
        let known = place.clone();
        // Checked before the body is read.
        self.on_parts(move |folder| parts::find(folder, &known)).await?;
        let part = self.on_folder(DataFolder::new_upload).await?;
        let (length, sha256) = upload::receive(&part, body, expected).await?;
        let metadata = object_file::metadata(Declared::default(), length, sha256, self.folder.now());
        let output =
            UploadPartOutput { e_tag: e_tag(&metadata), checksum_sha256: checksum(&metadata), ..Default::default() };
        self.on_parts(move |folder| parts::commit_part(folder, &place, number, part, &metadata)).await?;
        Ok(S3Response::new(output))
    }

    pub(crate) async fn list_of_parts(&self, input: ListPartsInput) -> S3Result<S3Response<ListPartsOutput>> {
        let place = Place { upload_id: input.upload_id.clone(), bucket: input.bucket.clone(), key: input.key.clone() };
        let mut found = self.on_parts(move |folder| parts::list(folder, &place)).await?;
        let after = input.part_number_marker.unwrap_or(0);
        found.retain(|(number, _)| *number > after);
        let limit = page_length(input.max_parts);
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|(number, _)| *number).filter(|_| more);
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            part_number_marker: Some(after),
            max_parts: i32::try_from(limit).ok(),
            is_truncated: Some(more),
            next_part_number_marker: last,
            parts: Some(found.into_iter().map(listed_part).collect()),
            ..Default::default()
        }))
    }

    pub(crate) async fn join_parts(
        &self,
        input: CompleteMultipartUploadInput,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let asked = whole(&input)?;
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let named: Vec<Named> = named.into_iter().map(named_part).collect::<S3Result<_>>()?;
        let place = Place { upload_id: input.upload_id, bucket: input.bucket.clone(), key: input.key.clone() };
        let metadata = self.on_parts(move |folder| parts::join(folder, &place, &named, &asked)).await?;
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket),
            key: Some(input.key),
            checksum_sha256: checksum(&metadata),
            checksum_type: Some(ChecksumType::from_static(ChecksumType::FULL_OBJECT)),
            e_tag: e_tag(&metadata),
            ..Default::default()
        }))
    }

    pub(crate) async fn abort_parts(
        &self,
        input: AbortMultipartUploadInput,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let place = Place { upload_id: input.upload_id, bucket: input.bucket, key: input.key };
        self.on_parts(move |folder| parts::abort(folder, &place)).await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    pub(crate) async fn list_of_uploads(
        &self,
        input: ListMultipartUploadsInput,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        self.check_bucket(&input.bucket)?;
        if input.delimiter.is_some() {
            return Err(s3_error!(NotImplemented, "listing by delimiter is not supported"));
        }
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
        let mut found = self.on_folder(move |folder| parts::unfinished(folder, &bucket, &prefix)).await?;
        let (key, id) = (input.key_marker.clone(), input.upload_id_marker.clone());
        if let Some(key) = key.as_deref() {
            // Without an upload id, all uploads of the marker's key precede the page.
            found.retain(|(name, upload)| {
                upload.key.as_str() > key || (upload.key == key && id.as_ref().is_some_and(|id| name > id))
            });
        }
        let limit = page_length(input.max_uploads);
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: input.prefix,
            key_marker: input.key_marker,
            upload_id_marker: input.upload_id_marker,
            max_uploads: i32::try_from(limit).ok(),
            is_truncated: Some(more),
            next_key_marker: last.map(|(_, upload)| upload.key.clone()),
            next_upload_id_marker: last.map(|(name, _)| name.clone()),
            uploads: Some(found.into_iter().map(listed_upload).collect()),
            ..Default::default()
        }))
    }

    /// As [`Service::on_folder`], for work on parts.
    async fn on_parts<T: Send + 'static>(
        &self,
        work: impl FnOnce(&DataFolder) -> Result<T, PartsError> + Send + 'static,
    ) -> S3Result<T> {
        self.on_folder(move |folder| Ok(work(folder))).await?.map_err(parts_refusal)
    }
}

/// The declarations about the joined object.
fn whole(input: &CompleteMultipartUploadInput) -> S3Result<Whole> {
    let of_parts = input.checksum_type.as_ref().is_some_and(|kind| kind.as_str() != ChecksumType::FULL_OBJECT);
    let sha256 = match &input.checksum_sha256 {
        Some(_) if of_parts => return Err(s3_error!(NotImplemented, "a checksum can only be of the whole object")),
        Some(text) => Some(STANDARD.decode(text).map_err(|_| s3_error!(InvalidDigest))?),
        None => None,
    };
    let refuse_if_taken = match input.if_none_match {
        None => false,
        Some(ETagCondition::Any) => true,
        Some(_) => return Err(s3_error!(NotImplemented, "If-None-Match can only be *")),
    };
    if input.if_match.is_some() {
        return Err(s3_error!(NotImplemented, "If-Match is not supported"));
    }
    let length = input.mpu_object_size.and_then(|length| u64::try_from(length).ok());
    Ok(Whole { length, sha256: sha256.map(hex::encode), refuse_if_taken })
}

fn named_part(part: CompletedPart) -> S3Result<Named> {
    let number = part.part_number.ok_or_else(|| s3_error!(MalformedXML, "a part has no number"))?;
    Ok(Named { number, tag: part.e_tag.map(|tag| tag.value().to_owned()) })
}

fn listed_part((number, metadata): (i32, Metadata)) -> Part {
    Part {
        part_number: Some(number),
        e_tag: e_tag(&metadata),
        checksum_sha256: checksum(&metadata),
        size: i64::try_from(metadata.length).ok(),
        last_modified: Some(written_at(&metadata)),
        ..Default::default()
    }
}

fn listed_upload((name, upload): (String, Upload)) -> MultipartUpload {
    MultipartUpload {
        key: Some(upload.key),
        upload_id: Some(name),
        initiated: Some(moment(upload.begun_at)),
        ..Default::default()
    }
}

fn page_length(asked: Option<i32>) -> usize {
    asked.map_or(LONGEST_PAGE, |most| usize::try_from(most).unwrap_or(0).min(LONGEST_PAGE))
}

fn parts_refusal(error: PartsError) -> S3Error {
    match error {
        PartsError::NoSuchUpload => s3_error!(NoSuchUpload),
        PartsError::InvalidPart(number) => s3_error!(InvalidPart, "part {number} is not there or is another one"),
        PartsError::InvalidOrder => s3_error!(InvalidPartOrder),
        PartsError::TooSmall(number) => {
            s3_error!(EntityTooSmall, "part {number} has less than 5 MiB and is not the last")
        }
        PartsError::None => s3_error!(MalformedXML, "no parts are named"),
        PartsError::BadDigest => s3_error!(BadDigest, "the joined parts are not what was declared of the whole"),
        PartsError::Disk(error) => refusal(error),
    }
}
