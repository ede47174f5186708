package io.serai.security;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener, as the configuration names it. {@link #load} reads and checks the files, so
 * that a mistake is told at start or reload and not at the first handshake; load again and hand the
 * result to the listener to take over renewed files.
 *
 * @param own the server's certificate chain and key
 * @param trusted who signs client certificates; null trusts nobody
 * @param revoked a file of revocation lists (PEM or DER) of those who sign; null revokes nobody
 * @param clientCertificates whether clients show a certificate
 * @param protocols {@code TLSv1.2} and {@code TLSv1.3} or one of them
 */
public record TlsOptions(
    Own own,
    @Nullable Trusted trusted,
    @Nullable Path revoked,
    ClientCertificates clientCertificates,
    Set<String> protocols) {
  /** The only versions there are: older ones are broken. */
  public static final Set<String> ALL_PROTOCOLS =
      Collections.unmodifiableSet(new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2")));

  /** Where the server's certificate chain and key are. */
  public sealed interface Own {
    /**
     * Two PEM files; the chain begins with the server's own certificate.
     *
     * @param others each a chain and its key in one file, for clients that name the server so (SNI,
     *     RFC 6066 §3); who names none of them gets the first
     */
    record Pem(Path chain, Path key, List<Path> others) implements Own {
      public Pem {
        others = List.copyOf(others);
      }

      /** One certificate for everybody. */
      public Pem(Path chain, Path key) {
        this(chain, key, List.of());
      }
    }

    /** One PKCS#12 file (.p12, .pfx). */
    record Pkcs12(Path file, String password) implements Own {
      /** Without the password. */
      @Override
      public String toString() {
        return "Pkcs12[" + file + "]";
      }
    }
  }

  /** Where the certificates are that client certificates must be signed by. */
  public sealed interface Trusted {
    /** A PEM file with one or more certificates. */
    record Pem(Path file) implements Trusted {}

    /** A PKCS#12 file with certificate entries. */
    record Pkcs12(Path file, String password) implements Trusted {
      /** Without the password. */
      @Override
      public String toString() {
        return "Pkcs12[" + file + "]";
      }
    }
  }

  /** Whether a client shows a certificate. */
  public enum ClientCertificates {
    /** It is not asked. */
    NONE(ClientAuth.NONE),
    /** It is asked and may decline; what it shows must be good. */
    REQUEST(ClientAuth.REQUEST),
    /** It is let in only with a good one. */
    REQUIRE(ClientAuth.REQUIRED);

    private final ClientAuth asVertx;

    ClientCertificates(ClientAuth asVertx) {
      this.asVertx = asVertx;
    }
  }

  /**
   * What was loaded.
   *
   * @param options for a Vert.x server, holding the files' content
   * @param certificate the server's own
   */
  public record Loaded(ServerSSLOptions options, X509Certificate certificate) {
    /** Switches TLS on in the options of a TCP, WebSocket or HTTP server. */
    public void applyTo(NetServerOptions server) {
      server
          .setSsl(true)
          .setKeyCertOptions(options.getKeyCertOptions())
          .setTrustOptions(options.getTrustOptions())
          .setClientAuth(options.getClientAuth())
          .setEnabledSecureTransportProtocols(options.getEnabledSecureTransportProtocols());
      options.getCrlValues().forEach(server::addCrlValue);
    }

    /** When the server's certificate ends; warn before. */
    public Instant notAfter() {
      return certificate.getNotAfter().toInstant();
    }
  }

  public TlsOptions {
    protocols = Collections.unmodifiableSet(new LinkedHashSet<>(protocols));
    if (protocols.isEmpty() || !ALL_PROTOCOLS.containsAll(protocols)) {
      throw new IllegalArgumentException(
          "protocols are " + protocols + "; allowed are " + ALL_PROTOCOLS);
    }
    if (clientCertificates != ClientCertificates.NONE && trusted == null) {
      throw new IllegalArgumentException(
          "client certificates are wanted but no file says who may sign them");
    }
    if (revoked != null && trusted == null) {
      throw new IllegalArgumentException(
          "certificates are revoked but no file says who may sign them");
    }
  }

  /** Likewise, with nobody revoked. */
  public TlsOptions(
      Own own,
      @Nullable Trusted trusted,
      ClientCertificates clientCertificates,
      Set<String> protocols) {
    this(own, trusted, null, clientCertificates, protocols);
  }

  /** A server certificate from PEM files, clients without certificates. */
  public static TlsOptions ofPem(Path chain, Path key) {
    return new TlsOptions(new Own.Pem(chain, key), null, ClientCertificates.NONE, ALL_PROTOCOLS);
  }

  /**
   * Reads and checks all files. Blocks: not for an event loop.
   *
   * @param now to tell whether a certificate has ended
   * @throws TlsException naming the file and what is wrong with it
   */
  public Loaded load(Instant now) throws TlsException {
    ServerSSLOptions options = new ServerSSLOptions();
    X509Certificate certificate =
        switch (own) {
          case Own.Pem pem -> loadPem(pem, now, options);
          case Own.Pkcs12(Path file, String password) -> loadPkcs12(file, password, options);
        };
    requireValid(ownFile(), certificate, now);
    if (trusted != null) {
      options.setTrustOptions(trust(trusted));
      if (revoked != null) {
        RevocationLists.of(revoked, signers(trusted)).forEach(options::addCrlValue);
      }
    }
    options.setClientAuth(clientCertificates.asVertx);
    options.setEnabledSecureTransportProtocols(protocols);
    return new Loaded(options, certificate);
  }

  private Path ownFile() {
    return switch (own) {
      case Own.Pem(Path chain, _, _) -> chain;
      case Own.Pkcs12(Path file, _) -> file;
    };
  }

  /** Java's key manager picks the entry that has the name a client asks for, or else the first. */
  private static X509Certificate loadPem(Own.Pem own, Instant now, ServerSSLOptions options)
      throws TlsException {
    List<X509Certificate> chain = PemFile.read(own.chain).certificates();
    PrivateKey key = PemPrivateKey.read(PemFile.read(own.key));
    requirePair(own.key, key, chain.getFirst(), "the certificate in " + own.chain);
    char[] password = {};
    try {
      KeyStore store = KeyStore.getInstance("PKCS12"); // in memory only
      store.load(null, password);
      store.setKeyEntry("server", key, password, chain.toArray(X509Certificate[]::new));
      for (Path other : own.others) {
        addOther(other, now, store, password);
      }
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, password);
      options.setKeyCertOptions(KeyCertOptions.wrap(factory));
    } catch (GeneralSecurityException | IOException e) {
      throw new TlsException(own.chain, "not a usable certificate chain: " + reason(e));
    }
    return chain.getFirst();
  }

  private static void addOther(Path file, Instant now, KeyStore store, char[] password)
      throws TlsException, GeneralSecurityException {
    PemFile blocks = PemFile.read(file);
    List<X509Certificate> chain = blocks.certificates();
    PrivateKey key = PemPrivateKey.read(blocks);
    requirePair(file, key, chain.getFirst(), "the certificate in the same file");
    requireValid(file, chain.getFirst(), now);
    store.setKeyEntry(file.toString(), key, password, chain.toArray(X509Certificate[]::new));
  }

  private static X509Certificate loadPkcs12(Path file, String password, ServerSSLOptions options)
      throws TlsException {
    byte[] content = PemFile.bytes(file);
    KeyStore store = keyStore(file, content, password);
    try {
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)
            && store.getKey(alias, password.toCharArray()) instanceof PrivateKey key
            && store.getCertificate(alias) instanceof X509Certificate certificate) {
          requirePair(file, key, certificate, "its certificate");
          options.setKeyCertOptions(
              new PfxOptions()
                  .setValue(Buffer.buffer(content))
                  .setPassword(password)
                  .setAlias(alias));
          return certificate;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new TlsException(file, "its key cannot be read: " + reason(e));
    }
    throw new TlsException(
        file, "holds no private key with its certificate; only such a file can be a server's own");
  }

  private static KeyStore keyStore(Path file, byte[] content, String password) throws TlsException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password.toCharArray());
      return store;
    } catch (IOException e) {
      throw new TlsException(
          file,
          e.getCause() instanceof GeneralSecurityException
              ? "wrong password"
              : "not a PKCS#12 file: " + reason(e));
    } catch (GeneralSecurityException e) {
      throw new TlsException(file, "cannot be read: " + reason(e));
    }
  }

  private static TrustOptions trust(Trusted trusted) throws TlsException {
    switch (trusted) {
      case Trusted.Pem(Path file) -> {
        int count = PemFile.read(file).certificates().size(); // fails when there is none
        assert count > 0;
        return new PemTrustOptions().addCertValue(Buffer.buffer(PemFile.bytes(file)));
      }
      case Trusted.Pkcs12(Path file, String password) -> {
        byte[] content = PemFile.bytes(file);
        KeyStore store = keyStore(file, content, password);
        try {
          for (String alias : Collections.list(store.aliases())) {
            if (store.isCertificateEntry(alias)) {
              return new PfxOptions().setValue(Buffer.buffer(content)).setPassword(password);
            }
          }
        } catch (GeneralSecurityException e) {
          throw new TlsException(file, "cannot be read: " + reason(e));
        }
        throw new TlsException(file, "holds no trusted certificate (keytool -importcert adds one)");
      }
    }
  }

  /** The certificates that may sign others. */
  private static List<X509Certificate> signers(Trusted trusted) throws TlsException {
    switch (trusted) {
      case Trusted.Pem(Path file) -> {
        return PemFile.read(file).certificates();
      }
      case Trusted.Pkcs12(Path file, String password) -> {
        KeyStore store = keyStore(file, PemFile.bytes(file), password);
        List<X509Certificate> signers = new ArrayList<>();
        try {
          for (String alias : Collections.list(store.aliases())) {
            if (store.getCertificate(alias) instanceof X509Certificate signer) {
              signers.add(signer);
            }
          }
        } catch (GeneralSecurityException e) {
          throw new TlsException(file, "cannot be read: " + reason(e));
        }
        return signers;
      }
    }
  }

  /** Signs with the key and verifies with the certificate: the one check that fits every kind. */
  private static void requirePair(
      Path keyFile, PrivateKey key, X509Certificate certificate, String whose) throws TlsException {
    PublicKey publicKey = certificate.getPublicKey();
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "RSASSA-PSS" -> null; // needs parameters of its own; the handshake will tell
          default -> publicKey.getAlgorithm();
        };
    if (algorithm == null) {
      return;
    }
    try {
      byte[] sample = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(sample);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException _) {
      // Another algorithm than the certificate's: not a pair either.
    }
    throw new TlsException(keyFile, "the private key does not belong to " + whose);
  }

  private static void requireValid(Path file, X509Certificate certificate, Instant now)
      throws TlsException {
    if (now.isAfter(certificate.getNotAfter().toInstant())) {
      throw new TlsException(
          file, "the certificate ended at " + certificate.getNotAfter().toInstant() + "; renew it");
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      throw new TlsException(
          file,
          "the certificate begins only at "
              + certificate.getNotBefore().toInstant()
              + "; is this machine's clock right?");
    }
  }

  private static String reason(Exception e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }
}
