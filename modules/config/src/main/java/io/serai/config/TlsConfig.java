package io.serai.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener, from its own {@code tls} block over the one at the top.
 *
 * @param certificateFile PEM, the server's certificate first, then intermediates; absolute
 * @param keyFile PEM, PKCS#8, not encrypted; absolute
 * @param otherCertificateFiles PEM, each a certificate chain and its key, for clients that ask for
 *     another server name; absolute
 * @param clientCaFile PEM of who may sign client certificates; null when clients show none
 * @param clientCrlFile PEM or DER, client certificates that are revoked; null when none is
 * @param clientCertificate whether a client must, may or need not show a certificate
 * @param protocols TLSv1.3, TLSv1.2
 */
public record TlsConfig(
    Path certificateFile,
    Path keyFile,
    List<Path> otherCertificateFiles,
    @Nullable Path clientCaFile,
    @Nullable Path clientCrlFile,
    ClientCertificate clientCertificate,
    List<String> protocols) {

  /** What is asked of a client. */
  public enum ClientCertificate {
    NONE,
    REQUEST,
    REQUIRE
  }

  public TlsConfig {
    otherCertificateFiles = List.copyOf(otherCertificateFiles);
    protocols = List.copyOf(protocols);
  }
}
