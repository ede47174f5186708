package io.serai.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=sensor-7,O=Plant,C=DE|sensor-7",
        "O=Plant,CN=sensor-7|sensor-7",
        "cn=sensor-7|sensor-7",
        "CN=leaf,CN=ca,O=Plant|leaf",
        "CN=a\\,b,O=Plant|a,b",
        "UID=9+CN=multi,O=Plant|multi",
        "CN=O\\=CN,O=x|O=CN",
        "OU=CN\\=admin,CN=joe|joe",
        "O=Plant|",
        "CN=,O=Plant|",
        "not a name|",
      })
  void theCommonNameIsReadFromTheSubject(String subject, String name) {
    assertThat(CertificateName.commonName(subject)).isEqualTo(name);
  }
}
