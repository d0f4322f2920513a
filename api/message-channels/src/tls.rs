//! The certificate authorities that are trusted: those of the system, and those of the settings.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::error::ChannelError;

/// Certificate authorities besides those of the system.
pub(crate) struct Roots {
    extra: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// Reads certificates in PEM.
    pub(crate) fn load(extra: Option<&[u8]>) -> Result<Self, ChannelError> {
        let wrong = |reason: String| ChannelError::value("messages_ca", reason);
        let Some(pem) = extra else { return Ok(Self { extra: Vec::new() }) };
        let extra: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let extra = extra.map_err(|error| wrong(error.to_string()))?;
        if extra.is_empty() { Err(wrong("no certificate in PEM".to_owned())) } else { Ok(Self { extra }) }
    }

    /// The extra ones, each in DER.
    pub(crate) fn extra_der(&self) -> impl Iterator<Item = Vec<u8>> {
        self.extra.iter().map(|certificate| certificate.to_vec())
    }

    /// The settings of an HTTPS client.
    pub(crate) fn client_config(&self) -> Result<ClientConfig, ChannelError> {
        let mut roots = RootCertStore::empty();
        // Certificates of the system that cannot be read are left out; without any, no server is trusted.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        for certificate in &self.extra {
            roots.add(certificate.clone()).map_err(|error| ChannelError::value("messages_ca", error))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| ChannelError::value("messages_ca", error))?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}
