package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueTypesTest {
  private static final ReadContext CONTEXT = new ReadContext(Path.of("/work-folder"));

  private static <T> @Nullable T read(KeyType<T> type, Object value) {
    return switch (type.read(ConfigValueFactory.fromAnyRef(value), CONTEXT)) {
      case KeyType.Good<T>(T good) -> good;
      case KeyType.Bad<T> _ -> null;
    };
  }

  @Test
  void sizesHaveBinaryAndDecimalUnits() {
    var size = new UnitTypes.Bytes(0, 1L << 40);
    assertThat(read(size, 4096)).isEqualTo(4096);
    assertThat(read(size, "4096")).isEqualTo(4096);
    assertThat(read(size, "1 KiB")).isEqualTo(1024);
    assertThat(read(size, "1kB")).isEqualTo(1000);
    assertThat(read(size, "1.5 MiB")).isEqualTo(1_572_864);
    assertThat(read(size, "2 GB")).isEqualTo(2_000_000_000L);
    assertThat(read(size, "1 kb")).isNull();
    assertThat(read(size, "-1 B")).isNull();
    assertThat(read(size, "MiB")).isNull();
    assertThat(read(size, "999999999999999 GiB")).isNull();
    assertThat(read(size, true)).isNull();
  }

  @Test
  void timesNeedAUnitUnlessTheyAreZero() {
    var time = new UnitTypes.Time(Duration.ZERO, Duration.ofDays(7));
    assertThat(read(time, "10 s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(read(time, "500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(read(time, "1.5 h")).isEqualTo(Duration.ofMinutes(90));
    assertThat(read(time, "7 days")).isEqualTo(Duration.ofDays(7));
    assertThat(read(time, 0)).isEqualTo(Duration.ZERO);
    assertThat(read(time, 10)).isNull();
    assertThat(read(time, "8 d")).isNull();
    assertThat(read(time, "-1 s")).isNull();
  }

  @Test
  void wholeNumbersMayBeQuotedButNotBroken() {
    var whole = new PlainTypes.Whole(0, 65_535);
    assertThat(read(whole, "1883")).isEqualTo(1883);
    assertThat(read(whole, 0)).isZero();
    assertThat(read(whole, 1.5)).isNull();
    assertThat(read(whole, "0x10")).isNull();
    assertThat(read(whole, "99999999999999999999")).isNull();
  }

  @Test
  void hoconsWordsForTrueAndFalseAreChoicesOnAndOff() {
    var choice = PlainTypes.Choice.of(ListenerKeys.Anonymous.class);
    assertThat(read(choice, true)).isEqualTo(ListenerKeys.Anonymous.ON);
    assertThat(read(choice, "off")).isEqualTo(ListenerKeys.Anonymous.OFF);
    assertThat(read(choice, "auto")).isEqualTo(ListenerKeys.Anonymous.AUTO);
    assertThat(read(choice, "sometimes")).isNull();
  }

  @Test
  void argumentsKeepWholeNumbersAsLong() {
    assertThat(
            read(
                new PlainTypes.Arguments(),
                Map.of("a", 1, "b", 1L << 40, "c", 0.5, "d", List.of(1), "e", Map.of("f", true))))
        .isEqualTo(
            Map.of("a", 1L, "b", 1L << 40, "c", 0.5, "d", List.of(1L), "e", Map.of("f", true)));
  }

  @Test
  void textsAreCountedInBytes() {
    var text = new PlainTypes.Text(1, 4);
    assertThat(read(text, "käs")).isEqualTo("käs");
    assertThat(read(text, "käse")).isNull();
    assertThat(read(text, "")).isNull();
  }

  @Test
  void permissionsMayHoldPlaceholdersInTopicsOnly() {
    var regex = ServerKeys.TOPIC_WRITE.type();
    assertThat(read(regex, "^devices\\.{client_id}\\.")).isEqualTo("^devices\\.{client_id}\\.");
    assertThat(read(regex, "^devices\\.{clientid}\\.")).isNull();
    assertThat(read(ServerKeys.WRITE.type(), "^devices\\.{client_id}")).isNull();
  }

  @Test
  void addressesAreToldFromMistakes() {
    for (String good :
        List.of("127.0.0.1", "::1", "0.0.0.0", "::", "fe80::1%eth0", "broker-1", "a.b.example")) {
      assertThat(HostNames.problemWith(good)).as(good).isEmpty();
    }
    for (String bad :
        List.of("", "127.0.0.1:80", "1.2.3", "1.2.3.4.5", "256.0.0.1", "a b", "[::1]:80", "*")) {
      assertThat(HostNames.problemWith(bad)).as(bad).isNotEmpty();
    }
  }

  @Test
  void aVerifierIsReadWrittenAndNeverShown() {
    String key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    String written = "scram-sha-256$4096$c2FsdHNhbHQ=$" + key + "$" + key;
    ScramVerifier verifier = ScramVerifier.parse(written);
    assertThat(verifier.written()).isEqualTo(written);
    assertThat(verifier.toString()).doesNotContain(key).doesNotContain("c2FsdA");
    for (String bad :
        List.of(
            "",
            "hunter2",
            written + "$",
            written.replace("4096", "9"),
            written.replace("256", "512"),
            written.replace("c2FsdHNhbHQ=", "?"),
            written.replace("$" + key + "$", "$c2FsdHNhbHQ=$"))) {
      assertThatThrownBy(() -> ScramVerifier.parse(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("hunter2");
    }
  }
}
