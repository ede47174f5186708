package io.serai.security;

import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** Reads the user's name from the subject of a client certificate. */
final class CertificateName {
  private CertificateName() {}

  /**
   * The common name of a subject such as {@code CN=sensor-7,O=Plant}: the most specific one when
   * there are several; null when there is none or the subject cannot be read (RFC 4514).
   */
  static @Nullable String commonName(String subject) {
    List<Rdn> parts;
    try {
      parts = new LdapName(subject).getRdns(); // the most specific part is the last
    } catch (InvalidNameException _) {
      return null;
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      Attribute name = parts.get(i).toAttributes().get("CN"); // case does not matter here
      try {
        if (name != null && name.get() instanceof String text && !text.isEmpty()) {
          return text;
        }
      } catch (NamingException _) {
        return null;
      }
    }
    return null;
  }
}
