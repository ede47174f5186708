package io.serai.node;

import io.serai.config.TlsConfig;
import io.serai.security.TlsException;
import io.serai.security.TlsOptions;
import io.serai.security.TlsOptions.ClientCertificates;
import io.serai.security.TlsOptions.Loaded;
import io.serai.security.TlsOptions.Own;
import io.serai.security.TlsOptions.Trusted;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;

/**
 * A listener's certificate, key and trusted certificates, read and checked.
 *
 * @param config the files and what is asked of clients
 * @param digest of what stood in the files
 */
record TlsMaterial(TlsConfig config, String digest, Loaded loaded) {

  /** Reads the files. Blocks: not for an event loop. */
  static TlsMaterial read(TlsConfig config) throws TlsException {
    TlsOptions options =
        new TlsOptions(
            new Own.Pem(config.certificateFile(), config.keyFile(), config.otherCertificateFiles()),
            config.clientCaFile() == null ? null : new Trusted.Pem(config.clientCaFile()),
            config.clientCrlFile(),
            switch (config.clientCertificate()) {
              case NONE -> ClientCertificates.NONE;
              case REQUEST -> ClientCertificates.REQUEST;
              case REQUIRE -> ClientCertificates.REQUIRE;
            },
            new HashSet<>(config.protocols()));
    // The digest first: files that change meanwhile are then read again by the next reload.
    String digest = digest(config);
    return new TlsMaterial(config, digest, options.load(Instant.now()));
  }

  private static String digest(TlsConfig config) {
    try {
      MessageDigest sum = MessageDigest.getInstance("SHA-256");
      add(sum, config.certificateFile());
      add(sum, config.keyFile());
      for (Path other : config.otherCertificateFiles()) {
        add(sum, other);
      }
      if (config.clientCaFile() != null) {
        add(sum, config.clientCaFile());
      }
      if (config.clientCrlFile() != null) {
        add(sum, config.clientCrlFile());
      }
      return HexFormat.of().formatHex(sum.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    } catch (IOException e) {
      return "unreadable"; // loading says which and why
    }
  }

  private static void add(MessageDigest sum, Path file)
      throws IOException, NoSuchAlgorithmException {
    sum.update(MessageDigest.getInstance(sum.getAlgorithm()).digest(Files.readAllBytes(file)));
  }

  /** Whether a server that uses this has no need of {@code other}. */
  boolean isSame(TlsMaterial other) {
    return config.equals(other.config) && digest.equals(other.digest);
  }

  /** Switches TLS on in the options of a server. */
  void applyTo(NetServerOptions server) {
    server.setSsl(true);
    server.setKeyCertOptions(loaded.options().getKeyCertOptions());
    if (loaded.options().getTrustOptions() != null) {
      server.setTrustOptions(loaded.options().getTrustOptions());
    }
    server.setClientAuth(loaded.options().getClientAuth());
    server.setEnabledSecureTransportProtocols(
        loaded.options().getEnabledSecureTransportProtocols());
    loaded.options().getCrlValues().forEach(server::addCrlValue);
  }
}
