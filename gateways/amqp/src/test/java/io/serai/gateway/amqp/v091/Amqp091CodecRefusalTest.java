package io.serai.gateway.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that are refused, with the reply code each calls for, and contents that are dropped. */
class Amqp091CodecRefusalTest {
  private static final int FRAME_MAX = 128 * 1024;

  private final Amqp091Codec codec = Amqp091CodecTest.codec(FRAME_MAX);

  private static void assertRefused(ReplyCode code, String text, ByteBuf in) {
    assertThatThrownBy(() -> Amqp091CodecTest.decodeAll(Amqp091CodecTest.codec(FRAME_MAX), in))
        .isInstanceOfSatisfying(
            ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code.number()))
        .hasMessageStartingWith(code.name() + " - ")
        .hasMessageContaining(text);
  }

  private static ByteBuf vectorWith(String name, int at, int octet) {
    byte[] bytes = Vectors.read(name);
    bytes[at < 0 ? bytes.length + at : at] = (byte) octet;
    return Vectors.buffer(bytes);
  }

  @Test
  void aWrongEndOctetIsAFrameError() {
    assertRefused(
        ReplyCode.FRAME_ERROR, "ends with octet 0xcd", vectorWith("channel-open", -1, 0xcd));
  }

  @Test
  void aFrameOverFrameMaxIsRefusedByItsFirstBytes() {
    ByteBuf head =
        Unpooled.buffer().writeByte(1).writeShort(1).writeInt(FRAME_MAX - 7).writeByte(0);
    assertRefused(ReplyCode.FRAME_ERROR, "frame_max leaves " + (FRAME_MAX - 8), head);
    ByteBuf huge = Unpooled.buffer().writeByte(3).writeShort(1).writeInt(-1).writeByte(0);
    assertRefused(ReplyCode.FRAME_ERROR, "4294967295 bytes", huge);
  }

  @Test
  void anUnknownFrameTypeIsAFrameError() {
    assertRefused(ReplyCode.FRAME_ERROR, "unknown frame type 9", vectorWith("channel-open", 0, 9));
  }

  @Test
  void aContentFrameThatNothingAnnouncedIsUnexpected() {
    byte[] publish = Vectors.read("basic-publish");
    int methodBytes = 7 + 20 + 1;
    ByteBuf headerFirst =
        Vectors.buffer().writeBytes(publish, methodBytes, publish.length - methodBytes);
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected method frame, got non method frame instead",
        headerFirst);
    ByteBuf bodyFirst = Vectors.buffer().writeBytes(publish, publish.length - 13, 13);
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected method frame, got non method frame instead",
        bodyFirst);
    ByteBuf methodTwice =
        Vectors.buffer().writeBytes(publish, 0, methodBytes).writeBytes(publish, 0, methodBytes);
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected content header for class 60, got non content header frame instead",
        methodTwice);
    ByteBuf noHeader =
        Vectors.buffer()
            .writeBytes(publish, 0, methodBytes)
            .writeBytes(publish, publish.length - 13, 13);
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected content header for class 60, got non content header frame instead",
        noHeader);
    ByteBuf ackForBody =
        Vectors.buffer()
            .writeBytes(publish, 0, publish.length - 13)
            .writeBytes(Vectors.read("basic-nack"));
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected content body, got non content body frame instead",
        ackForBody);
  }

  @Test
  void aBodyLongerThanAnnouncedIsAFrameError() {
    assertRefused(
        ReplyCode.FRAME_ERROR,
        "body frame of 5 bytes where the content header leaves 4",
        vectorWith("basic-publish", 7 + 20 + 1 + 7 + 11, 4));
  }

  @Test
  void aHeaderOfAnotherClassIsUnexpected() {
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected content header for class 60, got one for class 61 instead",
        vectorWith("basic-publish", 7 + 20 + 1 + 7 + 1, 61));
  }

  @Test
  void aContentHeaderHasNoWeight() {
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME,
        "expected content header for class 60, got non content header frame instead",
        vectorWith("basic-publish", 7 + 20 + 1 + 7 + 3, 1));
  }

  @Test
  void aHeartbeatBelongsToNoChannel() {
    assertRefused(
        ReplyCode.UNEXPECTED_FRAME, "frame of type 8 on channel 1", vectorWith("heartbeat", 2, 1));
  }

  /** Else whoever connects could make us keep messages without logging in. */
  @Test
  void noChannelHasFramesBeforeTheConnectionIsOpen() {
    var limits = new FrameLimits(FRAME_MAX, 1024);
    limits.hasChannels(false);
    var closed = new Amqp091Codec(limits);
    for (String vector : List.of("channel-open", "basic-publish", "basic-nack")) {
      ByteBuf in = Vectors.buffer(Vectors.read(vector));
      assertThatThrownBy(() -> closed.decode(in))
          .hasMessageStartingWith("UNEXPECTED_FRAME - frame of type 1 on channel 1 before");
    }
    limits.hasChannels(true);
    assertThat(closed.decode(Vectors.buffer(Vectors.read("channel-open"))))
        .isEqualTo(new ChannelMethod.Open(1));
  }

  @Test
  void aClosingChannelForgetsItsHalfContent() {
    byte[] publish = Vectors.read("basic-publish");
    ByteBuf in = Vectors.buffer().writeBytes(publish, 0, publish.length - 13);
    codec.encode(new ChannelMethod.CloseOk(1), in);
    in.writeBytes(publish);
    var frames = Amqp091CodecTest.decodeAll(codec, in);
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0)).isEqualTo(new ChannelMethod.CloseOk(1));
    assertThat(frames.get(1)).isInstanceOf(Publish.class);
  }

  @Test
  void aMessageOverTheLimitIsReportedAtItsHeaderAndItsBodyDropped() {
    var limited = new Amqp091Codec(new FrameLimits(FRAME_MAX, 4));
    byte[] publish = Vectors.read("basic-publish");
    var frames =
        Amqp091CodecTest.decodeAll(
            limited, Vectors.buffer(publish, Vectors.read("basic-publish-empty")));
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0)).isEqualTo(new BasicContent.TooLarge(1, 5, 4));
    assertThat(frames.get(1)).isInstanceOf(Publish.class);
  }

  @Test
  void unknownMethodsAndClassesAreInvalidCommands() {
    assertRefused(
        ReplyCode.COMMAND_INVALID,
        "unknown method 77 of class 20",
        vectorWith("channel-open", 10, 77));
    assertRefused(
        ReplyCode.COMMAND_INVALID,
        "unknown method 10 of class 99",
        vectorWith("channel-open", 8, 99));
  }

  @Test
  void argumentsThatDoNotFillTheirFrameAreASyntaxError() {
    ByteBuf tooLong = Unpooled.buffer();
    tooLong.writeByte(1).writeShort(1).writeInt(6).writeInt(ChannelMethod.Open.ID);
    tooLong.writeByte(0).writeByte(0).writeByte(0xCE);
    assertRefused(
        ReplyCode.SYNTAX_ERROR, "1 bytes too many after the fields of channel.open", tooLong);
    ByteBuf tooShort = Unpooled.buffer();
    tooShort.writeByte(1).writeShort(1).writeInt(4).writeInt(ChannelMethod.Open.ID).writeByte(0xCE);
    assertRefused(ReplyCode.SYNTAX_ERROR, "field of 1 bytes where 0 are left", tooShort);
  }

  @Test
  void aNameThatIsNotUtf8IsASyntaxError() {
    assertRefused(
        ReplyCode.SYNTAX_ERROR,
        "short string is not UTF-8",
        vectorWith("basic-publish", 7 + 4 + 2 + 1, 0xff));
  }

  @Test
  void tablesNestedWithoutEndAreRefused() {
    ByteBuf payload = Unpooled.buffer();
    int depth = 5_000;
    for (int i = depth; i > 0; i--) {
      payload.writeInt(i * 7 - 4);
      payload.writeByte(1).writeByte('n').writeByte('F');
    }
    ByteBuf in = Unpooled.buffer();
    in.writeByte(1).writeShort(1).writeInt(0).writeInt(QueueMethod.Declare.ID);
    in.writeShort(0).writeByte(0).writeByte(0).writeBytes(payload);
    in.setInt(3, in.writerIndex() - 7);
    in.writeByte(0xCE);
    assertRefused(ReplyCode.SYNTAX_ERROR, "nested deeper than 64", in);
  }
}
