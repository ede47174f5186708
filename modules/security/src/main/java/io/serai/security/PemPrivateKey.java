package io.serai.security;

import java.io.ByteArrayOutputStream;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Reads the private key of a PEM file in each form that openssl writes: PKCS#8 (RSA, RSASSA-PSS,
 * EC, EdDSA), and the older PKCS#1 for RSA and SEC 1 for EC, which are wrapped into PKCS#8.
 */
final class PemPrivateKey {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  /** DER of the algorithm identifier rsaEncryption with NULL parameters (RFC 8017 A.1). */
  private static final byte[] RSA_IDENTIFIER = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** DER of the object identifier id-ecPublicKey (RFC 5480 §2.1.1). */
  private static final byte[] EC_PUBLIC_KEY = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int SEC1_PARAMETERS = 0xa0;

  private PemPrivateKey() {}

  static PrivateKey read(PemFile file) throws TlsException {
    PemFile.Block block = file.privateKey();
    byte[] pkcs8;
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.base64());
      pkcs8 =
          switch (block.label()) {
            case "RSA PRIVATE KEY" -> wrapped(RSA_IDENTIFIER, der);
            case "EC PRIVATE KEY" ->
                wrapped(element(SEQUENCE, joined(EC_PUBLIC_KEY, curveOf(der))), der);
            default -> der;
          };
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      throw new TlsException(file.path(), "the private key is damaged");
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException _) {
        // A key of another algorithm.
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JDK lacks " + algorithm, e);
      }
    }
    throw new TlsException(
        file.path(), "the private key is damaged or not one of " + String.join(", ", ALGORITHMS));
  }

  /** RFC 5208 §5: version, algorithm, key. */
  private static byte[] wrapped(byte[] algorithmIdentifier, byte[] key) {
    return element(SEQUENCE, joined(VERSION_0, algorithmIdentifier, element(OCTET_STRING, key)));
  }

  /** The curve's object identifier, with its header, in a SEC 1 key (RFC 5915 §3). */
  private static byte[] curveOf(byte[] sec1) {
    int at = contentAt(sec1, 0); // into the sequence: version, key octets, [0] curve, [1] public
    while ((sec1[at] & 0xff) != SEC1_PARAMETERS) {
      at = contentAt(sec1, at) + lengthAt(sec1, at);
    }
    int from = contentAt(sec1, at);
    return Arrays.copyOfRange(sec1, from, from + lengthAt(sec1, at));
  }

  private static int contentAt(byte[] der, int header) {
    int first = der[header + 1] & 0xff;
    return header + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int lengthAt(byte[] der, int header) {
    int first = der[header + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[header + 2 + i] & 0xff;
    }
    if (length < 0 || length > der.length) {
      throw new IllegalArgumentException("length beyond the key");
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int bytes = content.length < 0x100 ? 1 : content.length < 0x1_0000 ? 2 : 3;
      out.write(0x80 | bytes);
      for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.write(content.length >> shift);
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
