package io.serai.security;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Certificates that are no longer good, as their signers publish them (RFC 5280 §5). */
final class RevocationLists {
  private RevocationLists() {}

  /**
   * The lists in a file, each as DER.
   *
   * @param signers each list must be signed by one of them, or it would say nothing
   * @throws TlsException naming the file and what is wrong with it
   */
  static List<Buffer> of(Path file, List<X509Certificate> signers) throws TlsException {
    byte[] content = PemFile.bytes(file);
    List<Buffer> lists = new ArrayList<>();
    try {
      Collection<? extends CRL> read =
          CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(content));
      for (CRL one : read) {
        X509CRL list = (X509CRL) one;
        requireSigned(file, list, signers);
        lists.add(Buffer.buffer(list.getEncoded()));
      }
    } catch (CRLException | CertificateException e) {
      throw new TlsException(file, "not a certificate revocation list: " + e.getMessage());
    }
    if (lists.isEmpty()) {
      throw new TlsException(file, "holds no certificate revocation list");
    }
    return lists;
  }

  private static void requireSigned(Path file, X509CRL list, List<X509Certificate> signers)
      throws TlsException {
    for (X509Certificate signer : signers) {
      try {
        list.verify(signer.getPublicKey());
        return;
      } catch (GeneralSecurityException _) {
        // Somebody else's.
      }
    }
    throw new TlsException(
        file,
        "the list of "
            + list.getIssuerX500Principal().getName()
            + " is not signed by anybody who may sign client certificates");
  }
}
