package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.PublishResult;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapType;
import io.serai.model.Body;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectionResourceTest {
  private static final CoapOption PUBSUB = CoapOption.of(CoapOption.CONTENT_FORMAT, 606);
  private static final CoapOption SENML_CBOR = CoapOption.of(CoapOption.CONTENT_FORMAT, 112);
  private static final long NOW_SECONDS = 1_700_000_000L;

  /** {0: "room", 2: "core.ps.data"}. */
  private static final String ROOM = "a2 00 64726f6f6d 02 6c636f72652e70732e64617461";

  private final NodeResources node = new NodeResources(TestPeer.names());
  private final TestPeer peer = new TestPeer(TestPeer.info(true, null), node, 1);

  private FakeReply says(CoapCode method, String uri, String cbor) {
    return says(peer, method, uri, cbor);
  }

  private static FakeReply says(TestPeer by, CoapCode method, String uri, String cbor) {
    Body body = Body.of(HexFormat.of().parseHex(cbor.replace(" ", "")));
    return by.says(CoapType.CON, method, uri, body, PUBSUB);
  }

  private static String hex(FakeReply reply) {
    return HexFormat.of().formatHex(reply.answered().payload().toByteArray());
  }

  private static String squeezed(String cbor) {
    return cbor.replace(" ", "");
  }

  // ---- creating

  @Test
  void postCreatesATopicAndTellsWhereItIs() {
    FakeReply created = says(CoapCode.POST, "/topics", ROOM);
    assertThat(created.code()).isEqualTo("2.01");
    assertThat(created.options(CoapOption.LOCATION_PATH)).containsExactly("topics", "name0001");
    assertThat(created.number(CoapOption.CONTENT_FORMAT)).isEqualTo(606);
    assertThat(hex(created))
        .isEqualTo(
            squeezed("a3 00 64726f6f6d 01 682f70732f726f6f6d 02 6c636f72652e70732e64617461"));
    assertThat(hex(peer.get("/topics/name0001"))).isEqualTo(hex(created));
    assertThat(peer.published()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "not CBOR, ff, malformed",
        "no map, 80, expected a CBOR map",
        "no name, a1 02 6161, topic-name is missing",
        "no type, a1 00 6161, resource-type is missing",
        "unknown property, a1 18 2a 01, unknown topic property 42",
        "name is a number, a1 00 01, topic property 0 is of another type",
        "twice, a2 00 6161 00 6161, there twice",
        "more than the map, a1 00 6161 00, one CBOR map",
        "initialize without format, a3 00 6161 02 6161 08 4180, needs topic-content-format",
        "data elsewhere, a3 00 6161 01 622f71 02 6161, topic-data has to be a path below /ps",
        "a wildcard, a2 00 612b 02 6161, can be observed",
        "observer-check 0, a3 00 6161 02 6161 07 00, above 0"
      })
  void whatIsNoTopicIsABadRequest(String what, String cbor, String why) {
    assertThat(says(CoapCode.POST, "/topics", cbor).text())
        .as(what)
        .startsWith("4.00")
        .contains(why);
    assertThat(peer.get("/topics").text()).isEqualTo("2.05");
  }

  @Test
  void namesAndDataAreUnique() {
    says(CoapCode.POST, "/topics", ROOM);
    assertThat(says(CoapCode.POST, "/topics", ROOM).text())
        .isEqualTo("4.00 topic-name 'room' is in use");
    // {0: "x", 1: "/ps/room", 2: "a"}
    assertThat(says(CoapCode.POST, "/topics", "a3 00 6178 01 682f70732f726f6f6d 02 6161").text())
        .startsWith("4.00 another topic has the topic-data");
  }

  @Test
  void anotherFormatIsUnsupported() {
    assertThat(peer.post("/topics", "{}", CoapOption.of(CoapOption.CONTENT_FORMAT, 50)).code())
        .isEqualTo("4.15");
  }

  @Test
  void whoMayNotPublishMayNotConfigure() {
    says(CoapCode.POST, "/topics", ROOM);
    peer.session.routeWith(_ -> PublishResult.DENIED);
    assertThat(says(CoapCode.POST, "/topics", "a2 00 6161 02 6161").code()).isEqualTo("4.03");
    assertThat(says(CoapCode.IPATCH, "/topics/name0001", "a1 06 01").code()).isEqualTo("4.03");
    assertThat(peer.delete("/topics/name0001").code()).isEqualTo("4.03");
    assertThat(peer.get("/topics/name0001").code()).isEqualTo("2.05");
  }

  // ---- the life of a topic

  @Test
  void aTopicIsHalfCreatedUntilItIsPublishedTo() {
    says(CoapCode.POST, "/topics", ROOM);
    assertThat(peer.get("/ps/room").code()).isEqualTo("4.04");
    FakeReply observed = peer.observe("/ps/room");
    assertThat(observed.code()).isEqualTo("4.04");
    assertThat(observed.isActive()).isFalse();
    assertThat(peer.observe("/ps/room?all=1").code()).isEqualTo("4.04");
    assertThat(peer.put("/ps/room", "21").code()).isEqualTo("2.01");
    assertThat(peer.get("/ps/room").text()).isEqualTo("2.05 21");
    assertThat(peer.observe("/ps/room").isActive()).isTrue();
    assertThat(peer.put("/ps/room", "22").code()).isEqualTo("2.04");
    peer.delete("/ps/room");
    assertThat(peer.observe("/ps/room").code()).isEqualTo("4.04");
    assertThat(peer.get("/topics/name0001").code()).isEqualTo("2.05");
  }

  @Test
  void initializeIsAFirstValue() {
    // {0: "room", 2: "core.ps.data", 3: 112, 8: h'80'}
    says(
        CoapCode.POST, "/topics", "a4 00 64726f6f6d 02 6c636f72652e70732e64617461 03 1870 08 4180");
    FakeReply observed = peer.observe("/ps/room");
    assertThat(observed.isActive()).isTrue();
    assertThat(observed.answered().payload().toByteArray()).containsExactly(0x80);
    assertThat(observed.number(CoapOption.CONTENT_FORMAT)).isEqualTo(112);
    assertThat(peer.put("/ps/room", "x", SENML_CBOR).code()).isEqualTo("2.04");
  }

  @Test
  void publicationsNeedTheTopicsFormat() {
    says(CoapCode.POST, "/topics", "a3 00 6161 02 6161 03 1870");
    assertThat(peer.put("/ps/a", "x").text()).startsWith("4.15").contains("Content-Format 112");
    assertThat(peer.put("/ps/a", "x", SENML_CBOR).code()).isEqualTo("2.01");
  }

  @Test
  void noMoreThanMaxSubscribersObserve() {
    says(CoapCode.POST, "/topics", "a3 00 6161 02 6161 06 01");
    peer.put("/ps/a", "x");
    FakeReply first = peer.observe("/ps/a");
    TestPeer other = new TestPeer(TestPeer.info(true, null), node, 2);
    other.keeps(Messages.topic("a", "x"));
    FakeReply second = other.observe("/ps/a");
    assertThat(second.text()).isEqualTo("2.05 x");
    assertThat(second.isActive()).as("an answer without Observe").isFalse();
    peer.ends(first);
    FakeReply third = other.observe("/ps/a");
    assertThat(third.isActive()).isTrue();
    other.leaves(third);
    assertThat(peer.observe("/ps/a").isActive()).isTrue();
  }

  @Test
  void observersOfEveryMessageAreSubscribersToo() {
    says(CoapCode.POST, "/topics", "a3 00 6161 02 6161 06 01");
    peer.put("/ps/a", "x");
    FakeReply every = peer.observe("/ps/a?all=1");
    assertThat(every.isActive()).isTrue();
    FakeReply second = peer.observe("/ps/a?all=1");
    assertThat(second.text()).isEqualTo("2.05 x");
    assertThat(second.isActive()).isFalse();
    assertThat(peer.observe("/ps/a").isActive()).isFalse();
    peer.ends(every);
    assertThat(peer.observe("/ps/a").isActive()).isTrue();
  }

  @Test
  void whoIsOneTooManyAfterAChangeEndsWithTheNextPublication() {
    says(CoapCode.POST, "/topics", "a2 00 6161 02 6161");
    peer.put("/ps/a", "x");
    FakeReply first = peer.observe("/ps/a");
    FakeReply second = peer.observe("/ps/a");
    says(CoapCode.IPATCH, "/topics/name0001", "a1 06 01");
    peer.arrives(Messages.topic("a", "y"));
    assertThat(first.last()).isEqualTo("4.04 the topic has fewer subscribers from now on");
    assertThat(second.notified()).containsExactly("2.05 y");
    assertThat(peer.observe("/ps/a").isActive()).isFalse();
    peer.ends(second);
    assertThat(peer.observe("/ps/a").isActive()).isTrue();
  }

  @Test
  void aSubscriberIsCheckedAsOftenAsTheTopicSays() {
    says(CoapCode.POST, "/topics", "a3 00 6161 02 6161 07 0a");
    peer.put("/ps/a", "x");
    FakeReply observed = peer.observe("/ps/a");
    for (int second = 1; second <= 25; second++) {
      peer.elapse(1_000);
      peer.arrives(Messages.topic("a", "x", (NOW_SECONDS + second) * 1_000, false, -1));
    }
    assertThat(observed.confirmable()).hasSize(25).filteredOn(it -> it).hasSize(2);
  }

  @Test
  void aTopicEndsAtItsExpirationDate() {
    // {0: "a", 2: "a", 5: 1(now + 60)}
    says(
        CoapCode.POST,
        "/topics",
        "a3 00 6161 02 6161 05 c1 1a" + HexFormat.of().toHexDigits((int) NOW_SECONDS + 60));
    peer.put("/ps/a?expiry=100", "x");
    assertThat(peer.publications().getLast().message().properties().expiryMillis())
        .isEqualTo(60_000);
    assertThat(hex(peer.get("/topics/name0001"))).contains("05c1");
    peer.elapse(60_000);
    assertThat(peer.get("/topics/name0001").code()).isEqualTo("4.04");
    assertThat(peer.get("/topics").text()).isEqualTo("2.05");
    assertThat(says(CoapCode.POST, "/topics", "a2 00 6161 02 6161").code()).isEqualTo("2.01");
  }

  @Test
  void deletingATopicClearsItsDataWhichEndsItsObservers() {
    says(CoapCode.POST, "/topics", ROOM);
    peer.put("/ps/room", "x");
    peer.published();
    assertThat(peer.delete("/topics/name0001").code()).isEqualTo("2.02");
    assertThat(peer.published()).containsExactly("amq.topic/room  RETAIN CONFIRM");
    assertThat(peer.get("/topics/name0001").code()).isEqualTo("4.04");
    assertThat(peer.observe("/ps/room").text()).as("a topic as any other").isEqualTo("2.05");
  }

  // ---- reading and changing

  @Test
  void theCollectionIsAListOfLinks() {
    says(CoapCode.POST, "/topics", ROOM);
    says(CoapCode.POST, "/topics", "a2 00 6161 02 6161");
    FakeReply all = peer.get("/topics");
    assertThat(all.number(CoapOption.CONTENT_FORMAT)).isEqualTo(40);
    assertThat(all.text())
        .isEqualTo(
            "2.05 </topics/name0002>;rt=\"core.ps.conf\";ct=606,"
                + "</topics/name0001>;rt=\"core.ps.conf\";ct=606");
    assertThat(peer.get("/topics?rt=core.ps.data").text())
        .isEqualTo("2.05 </ps/a>;rt=\"core.ps.data\";obs,</ps/room>;rt=\"core.ps.data\";obs");
  }

  @Test
  void fetchFindsTopicsByTheirProperties() {
    says(CoapCode.POST, "/topics", ROOM);
    says(CoapCode.POST, "/topics", "a2 00 6161 02 6161");
    assertThat(says(CoapCode.FETCH, "/topics", "a1 00 64726f6f6d").text())
        .contains("name0001")
        .doesNotContain("name0002");
    assertThat(says(CoapCode.FETCH, "/topics", "a1 06 01").text()).isEqualTo("2.05");
  }

  @Test
  void fetchReadsSomePropertiesOfATopic() {
    says(CoapCode.POST, "/topics", ROOM);
    assertThat(hex(says(CoapCode.FETCH, "/topics/name0001", "a1 09 82 00 03")))
        .isEqualTo(squeezed("a1 00 64726f6f6d"));
    assertThat(says(CoapCode.FETCH, "/topics/name0001", "a0").code()).isEqualTo("4.00");
  }

  @Test
  void ipatchChangesSomeAndPutAndPostReplaceAll() {
    says(CoapCode.POST, "/topics", "a4 00 6161 02 6161 04 6174 06 05");
    assertThat(hex(says(CoapCode.IPATCH, "/topics/name0001", "a1 06 07")))
        .endsWith(squeezed("04 6174 06 07"));
    assertThat(hex(says(CoapCode.PUT, "/topics/name0001", "a1 06 08")))
        .isEqualTo(squeezed("a4 00 6161 01 652f70732f61 02 6161 06 08"));
    FakeReply posted = says(CoapCode.POST, "/topics/name0001", "a1 04 6175");
    assertThat(posted.code()).isEqualTo("2.04");
    assertThat(hex(posted)).isEqualTo(squeezed("a4 00 6161 01 652f70732f61 02 6161 04 6175"));
  }

  @Test
  void nameDataAndTypeStay() {
    says(CoapCode.POST, "/topics", ROOM);
    assertThat(says(CoapCode.PUT, "/topics/name0001", ROOM).code()).isEqualTo("2.04");
    assertThat(says(CoapCode.PUT, "/topics/name0001", "a1 00 6161").text())
        .startsWith("4.00 topic-name, topic-data and resource-type");
    assertThat(says(CoapCode.IPATCH, "/topics/name0001", "a1 02 6161").code()).isEqualTo("4.00");
  }

  @Test
  void whatIsNotThereIsNotFoundAndOtherMethodsAreNotAllowed() {
    assertThat(peer.get("/topics/none").code()).isEqualTo("4.04");
    assertThat(peer.get("/topics/a/b").code()).isEqualTo("4.04");
    assertThat(peer.put("/topics", "").code()).isEqualTo("4.05");
    assertThat(peer.delete("/topics").code()).isEqualTo("4.05");
  }

  /** {0: "room", 2: "core.ps.data", 3: 0, 8: h'78'}. */
  private static final String WITH_VALUE =
      "a4 00 64726f6f6d 02 6c636f72652e70732e64617461 03 00 08 4178";

  @Test
  void aTopicWhoseFirstValueIsRefusedIsNotCreated() {
    peer.confirmingLater();
    FakeReply created = says(CoapCode.POST, "/topics", WITH_VALUE);
    peer.session.confirm(false, peer.publications().getFirst().token());
    assertThat(created.code()).isEqualTo("5.03");
    assertThat(peer.get("/topics").text()).isEqualTo("2.05");
    FakeReply again = says(CoapCode.POST, "/topics", WITH_VALUE);
    peer.session.confirm(true, peer.publications().getFirst().token());
    assertThat(again.code()).isEqualTo("2.01");
  }

  @Test
  void aSplitPackNeedsTheTopicsFormatToo() {
    says(CoapCode.POST, "/topics", "a3 00 64726f6f6d 02 6161 03 00"); // text/plain
    CoapOption json = CoapOption.of(CoapOption.CONTENT_FORMAT, 110);
    String pack = "[{\"n\":\"x\",\"v\":1},{\"n\":\"room\",\"v\":1}]";
    assertThat(peer.post("/ps/room?split=1", "[{\"n\":\"y\",\"v\":1}]", json).code())
        .isEqualTo("2.04");
    peer.published();
    says(CoapCode.POST, "/topics", "a3 00 63612f78 02 6161 03 00"); // a/x
    assertThat(peer.post("/ps/a?split=1", pack, json).code()).isEqualTo("4.15");
    assertThat(peer.published()).isEmpty();
  }
}
