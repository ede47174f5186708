package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
  static final String RENEW =
      "./mvnw -q -pl modules/config -am test -Dtest=ConfigurationPageTest+ShippedFilesTest"
          + " -Dserai.renew=true -Dsurefire.failIfNoSpecifiedTests=false";
  private static final Path PAGE = Path.of("../../docs/configuration.md");

  @Test
  void referencePageIsWrittenFromTheCatalogue() throws IOException {
    String page = ReferencePage.render(Catalogue.standard());
    if (Boolean.getBoolean("serai.renew")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).as("docs/configuration.md; %s", RENEW).isEqualTo(page);
    assertThat(page).contains(RENEW);
  }

  @Test
  void everyDefaultIsValidForItsOwnType() {
    ReadContext context = new ReadContext(Path.of("/work-folder"));
    for (Key<?> key : Catalogue.standard().keys()) {
      if (key.fallback() != null) {
        assertThat((Object) key.readFallback(context)).as(key.path()).isNotNull();
      }
      assertThat(key.text()).as(key.path()).endsWith(".");
    }
  }

  @Test
  void noKeyStandsTwice() {
    Set<String> paths = new HashSet<>();
    for (Key<?> key : Catalogue.standard().keys()) {
      assertThat(paths.add(key.path())).as(key.path()).isTrue();
    }
  }

  @Test
  void aFullKeyFindsItsEntry() {
    Catalogue catalogue = Catalogue.standard();
    assertThat(catalogue.find("listeners.mqtt.port")).contains(ListenerKeys.PORT);
    assertThat(catalogue.find("vhosts.\"/\".rules[3].to.exchange"))
        .contains(RoutingKeys.TO_EXCHANGE);
    assertThat(catalogue.find("listeners.mqtt.prt")).isEmpty();
    assertThat(catalogue.find("listeners")).isEmpty();
  }

  @Test
  void routingUsersAndCertificatesTakeEffectWhileTheNodeRuns() {
    for (Key<?> key : Catalogue.standard().keys()) {
      boolean isLive =
          key.path().matches("(vhosts|users|anonymous|tls|listeners\\.\\*\\.tls)\\..*");
      assertThat(key.isReloadable()).as(key.path()).isEqualTo(isLive);
    }
  }

  @Test
  void anExtensionAddsKeysOfItsOwn() throws IOException {
    Key<Integer> mine =
        Key.of("listeners.*.redis-databases", new PlainTypes.Whole(1, 64), "Databases.")
            .onlyFor("resp");
    Key<Duration> idle =
        Key.of(
                "listeners.*.idle-timeout",
                new UnitTypes.Time(Duration.ZERO, Duration.ofHours(1)),
                "Idle time.")
            .or("60 s")
            .onlyFor("resp");
    var topic = new Catalogue.Topic("RESP listeners", "", List.of(mine, idle));
    var vocabulary = Vocabulary.standard().withProtocols(Set.of("resp"));
    var loader = new ConfigLoader(Catalogue.standard().with(topic), vocabulary);
    var request = Load.DEFAULTS.withSetting("listeners.resp={port=6379, redis-databases=4}");
    var config = ((ConfigResult.Valid) loader.load(request)).config();
    assertThat(Load.listener(config, "resp").options())
        .isEqualTo(
            new ProtocolOptions.Other(Map.of("redis-databases", 4, "idle-timeout", 60_000L)));
    assertThat(new ConfigLoader().load(request)).isInstanceOf(ConfigResult.Invalid.class);
  }
}
