package io.serai.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of PEM blocks (RFC 7468), read whole.
 *
 * @param blocks in the file's order
 */
record PemFile(Path path, List<Block> blocks) {
  /** Larger files are surely no certificates. */
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /**
   * One block.
   *
   * @param label such as {@code CERTIFICATE} or {@code PRIVATE KEY}
   * @param base64 its content, line ends included
   */
  record Block(String label, String base64) {
    /** Never the content: it may be a private key. */
    @Override
    public String toString() {
      return "Block[" + label + "]";
    }
  }

  static PemFile read(Path path) throws TlsException {
    byte[] bytes = bytes(path);
    Matcher matcher = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    if (blocks.isEmpty()) {
      throw new TlsException(
          path,
          "not a PEM file (no -----BEGIN ...----- block); openssl pkcs12 -nodes -in FILE makes one"
              + " of a PKCS#12 file");
    }
    return new PemFile(path, List.copyOf(blocks));
  }

  /** The bytes of a file that must be there. */
  static byte[] bytes(Path path) throws TlsException {
    try {
      if (Files.isDirectory(path)) {
        throw new TlsException(path, "is a folder; name the file");
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new TlsException(path, "is larger than " + MAX_BYTES + " bytes; not a certificate");
      }
      return Files.readAllBytes(path);
    } catch (NoSuchFileException _) {
      throw new TlsException(
          path, "no such file (relative names start at " + Path.of("").toAbsolutePath() + ")");
    } catch (AccessDeniedException _) {
      throw new TlsException(
          path, "not readable for user " + System.getProperty("user.name") + "; change its mode");
    } catch (IOException e) {
      throw new TlsException(path, "cannot be read: " + e.getMessage());
    }
  }

  /** All certificates in the file's order, at least one. */
  List<X509Certificate> certificates() throws TlsException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(certificate(block, certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(
          path, "holds no certificate, only " + labels() + "; are two files swapped?");
    }
    return certificates;
  }

  private X509Certificate certificate(Block block, int number) throws TlsException {
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.base64);
      Certificate read =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
      return (X509Certificate) read;
    } catch (CertificateException | IllegalArgumentException e) {
      throw new TlsException(path, "certificate " + number + " is damaged: " + e.getMessage());
    }
  }

  /** The private key: the only block that is one, not encrypted. */
  Block privateKey() throws TlsException {
    List<Block> keys = blocks.stream().filter(b -> b.label.endsWith("PRIVATE KEY")).toList();
    if (keys.isEmpty()) {
      throw new TlsException(
          path, "holds no private key, only " + labels() + "; are two files swapped?");
    }
    if (keys.size() > 1) {
      throw new TlsException(path, "holds " + keys.size() + " private keys; leave one");
    }
    Block key = keys.getFirst();
    if (key.label.equals("ENCRYPTED PRIVATE KEY") || key.base64.contains("ENCRYPTED")) {
      throw new TlsException(
          path, "the private key is encrypted; openssl pkey -in FILE -out PLAIN decrypts it");
    }
    return key;
  }

  private String labels() {
    return blocks.stream().map(Block::label).distinct().toList().toString();
  }
}
