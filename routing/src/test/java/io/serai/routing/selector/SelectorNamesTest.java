package io.serai.routing.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.BlankEncoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorNamesTest {
  private static final Message FULL =
      Sample.of(
          Properties.builder()
              .messageId(Value.of("msg-1"))
              .correlationId(new Value.ULong(789))
              .replyTo(new ReplyTo.Queue("answers 7"))
              .type("reading")
              .userId("joe")
              .appId("app-7")
              .contentType("application/json")
              .contentEncoding("gzip")
              .timestampMillis(1_600_000_000_000L)
              .expiryMillis(60_000)
              .priority(7)
              .durable(true)
              .build(),
          Sample.header("priority", Value.of("a header")),
          Sample.header("p.x", Value.of("dotted")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          JMSPriority                    | 7                  | JMSPriority = 4
          JMSDeliveryMode                | 'PERSISTENT'       | JMSDeliveryMode = 'NON_PERSISTENT'
          JMSTimestamp                   | 1600000000000      | JMSTimestamp IS NULL
          JMSMessageID                   | 'msg-1'            | JMSMessageID IS NULL
          JMSCorrelationID               | 789                | JMSCorrelationID IS NULL
          JMSType                        | 'reading'          | JMSType IS NULL
          JMSXUserID                     | 'joe'              | JMSXUserID IS NULL
          JMSXAppID                      | 'app-7'            | JMSXAppID IS NULL
          JMSXGroupID IS NULL            | TRUE               | JMSXGroupID IS NULL
          header.priority                | 7                  | header.priority = 4
          h.priority                     | 7                  | h.priority = 4
          amqp.priority                  | 7                  | amqp.priority = 4
          header.durable                 | TRUE               | header.durable = FALSE
          h.ttl                          | 60000              | h.ttl IS NULL
          properties.message-id          | 'msg-1'            | properties.message-id IS NULL
          p.message_id                   | 'msg-1'            | p.message_id IS NULL
          amqp.message_id                | 'msg-1'            | amqp.message_id IS NULL
          properties.correlation-id      | 789                | p.correlation-id IS NULL
          properties.reply-to            | '/queues/answers%207' | p.reply_to IS NULL
          properties.subject             | 'reading'          | p.subject IS NULL
          properties.type                | 'reading'          | p.type IS NULL
          properties.user-id             | 'joe'              | p.user-id IS NULL
          properties.app-id              | 'app-7'            | p.app-id IS NULL
          properties.content-type        | 'application/json' | p.content-type IS NULL
          properties.content-encoding    | 'gzip'             | p.content_encoding IS NULL
          properties.creation-time       | 1600000000000      | p.creation-time IS NULL
          properties.timestamp           | 1600000000000      | p.timestamp IS NULL
          p.creation-time - 1            | 1599999999999      | TRUE
          p.creation-time-1              | 1599999999999      | TRUE
          properties.absolute-expiry-time| 1700000060000      | p.absolute-expiry-time IS NULL
          priority                       | 'a header'         | priority IS NULL
          application-properties.priority| 'a header'         | a.priority IS NULL
          application_properties.priority| 'a header'         | a.priority IS NULL
          a.p.x                          | 'dotted'           | a.p.x IS NULL
          [p.x]                          | 'dotted'           | [p.x] IS NULL
          """)
  void everyPropertyHasItsNamesAndIsNullOrItsDefaultWhenAbsent(
      String name, String value, String absent) throws SelectorException {
    assertThat(Sample.truth("(" + name + ") = " + value, FULL)).isEqualTo(Truth.TRUE);
    assertThat(Sample.truth(absent, Sample.of(Properties.NONE))).isEqualTo(Truth.TRUE);
  }

  @Test
  void replyToATopicIsAnAddressOfTheTopicExchange() throws SelectorException {
    var replyTo = new ReplyTo.AtTopic(Topic.of("re/7", Spelling.SLASH));
    Message message = Sample.of(Properties.builder().replyTo(replyTo).build());
    assertThat(Sample.truth("p.reply-to = '/exchanges/amq.topic/re.7'", message))
        .isEqualTo(Truth.TRUE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[order-id] = 7",
        "\"order-id\" = 7",
        "[a.b] = 'dotted'",
        "\"and\" = 'keyword'",
        "[JMSPriority] = 'a header'",
        "[x]]y] = 'bracket'",
      })
  void quotedNamesAreAlwaysHeaders(String text) throws SelectorException {
    assertThat(Sample.truth(text, Sample.MESSAGE)).isEqualTo(Truth.TRUE);
  }

  @Test
  void aHyphenOutsideOfTypedPropertiesIsAMinus() throws SelectorException {
    Message message =
        Sample.of(
            Properties.NONE,
            Sample.header("x", new Value.Int(5)),
            Sample.header("y", new Value.Int(2)));
    assertThat(Sample.truth("x-y = 3 AND a.x-y = 3", message)).isEqualTo(Truth.TRUE);
  }

  @Test
  void onlyWhatIsNamedIsAskedFor() throws SelectorException {
    assertThat(Selector.parse("JMSPriority = 4").matches(Sample.of(new WithoutHeaders()))).isTrue();
    assertThat(Selector.parse("a = 'b'").matches(Sample.of(new WithoutProperties()))).isFalse();
    assertThat(Selector.parse("h.priority > 4 AND a = 1").matches(Sample.of(new WithoutHeaders())))
        .as("the right side does not matter")
        .isFalse();
    Selector both = Selector.parse("h.priority = 4 AND a = 1");
    assertThatThrownBy(() -> both.matches(Sample.of(new WithoutHeaders())))
        .isInstanceOf(AssertionError.class);
  }

  /** Fails when it is asked for headers. */
  private static final class WithoutHeaders implements BlankEncoding {
    @Override
    public Headers headers() {
      throw new AssertionError("asked for headers");
    }
  }

  /** Fails when it is asked for properties. */
  private static final class WithoutProperties implements BlankEncoding {
    @Override
    public Properties properties() {
      throw new AssertionError("asked for properties");
    }
  }
}
