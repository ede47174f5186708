package io.serai.gateway.dtls;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateConfigurationHelper;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.ConfigurationHelperSetup;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;

/** The server's certificate, which may be renewed while it is in use. Thread-safe. */
final class OwnCertificate implements CertificateProvider, ConfigurationHelperSetup {
  private volatile SingleCertificateProvider current;

  OwnCertificate(DtlsKeys keys) {
    this.current = provider(keys);
  }

  void use(DtlsKeys keys) {
    current = provider(keys);
  }

  private static SingleCertificateProvider provider(DtlsKeys keys) {
    return new SingleCertificateProvider(
        keys.key(),
        keys.chain().toArray(X509Certificate[]::new),
        CertificateType.X_509,
        CertificateType.RAW_PUBLIC_KEY);
  }

  @Override
  public void setupConfigurationHelper(CertificateConfigurationHelper helper) {
    current.setupConfigurationHelper(helper);
  }

  @Override
  public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
    return current.getSupportedCertificateKeyAlgorithms();
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    return current.getSupportedCertificateTypes();
  }

  @Override
  public CertificateIdentityResult requestCertificateIdentity(
      ConnectionId connection,
      boolean isClient,
      @Nullable List<X500Principal> issuers,
      @Nullable ServerNames serverNames,
      @Nullable List<CertificateKeyAlgorithm> keyAlgorithms,
      @Nullable List<SignatureAndHashAlgorithm> signatureAlgorithms,
      @Nullable List<SupportedGroup> curves) {
    return current.requestCertificateIdentity(
        connection, isClient, issuers, serverNames, keyAlgorithms, signatureAlgorithms, curves);
  }

  @Override
  public void setResultHandler(HandshakeResultHandler handler) {
    // results come at once
  }
}
