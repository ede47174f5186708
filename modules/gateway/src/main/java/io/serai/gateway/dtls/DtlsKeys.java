package io.serai.gateway.dtls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a DTLS server shows, and who may sign the certificates of its clients.
 *
 * @param key of the certificate, and of the raw public key, which is the certificate's
 * @param chain the server's own certificate first
 * @param signers of client certificates; empty when clients show none
 * @param isRequired whether a client without a certificate, or raw public key, is refused
 */
public record DtlsKeys(
    PrivateKey key,
    List<X509Certificate> chain,
    List<X509Certificate> signers,
    boolean isRequired) {
  public DtlsKeys {
    chain = List.copyOf(chain);
    signers = List.copyOf(signers);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "DtlsKeys[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
