package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.model.Body;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How answers and notifications leave: what UDP on one side and TCP on the other do their way. */
interface Carrier {
  /** Sends an answer, which is complete but for message type and id. */
  void answer(
      Exchange to, CoapCode code, List<CoapOption> options, Body payload, Effects<CoapFrame> out);

  /** Says that a request has come, where that is said, because there will be no answer to it. */
  void acknowledge(Exchange to, Effects<CoapFrame> out);

  /** A relation has a notification to send: takes it when there is room for it. */
  void offer(Relation relation, Effects<CoapFrame> out);

  /** A relation has ended: nothing of it is sent, and nothing repeated. */
  void drop(Relation relation);

  /** Sends what a relation that has ended ends with. */
  void sendLast(
      CoapToken token,
      CoapCode code,
      List<CoapOption> options,
      Body payload,
      Effects<CoapFrame> out);

  /** The longest payload that is not cut into blocks unless the client asks for it, in bytes. */
  int roomForWhole(List<CoapOption> options);

  /**
   * The longest block of an answer, in bytes.
   *
   * @param to null for a notification
   */
  int roomForBlock(@Nullable Exchange to, List<CoapOption> options);

  /** Whether several blocks may go in one message (RFC 8323 §6). */
  boolean takesBert();

  /**
   * Whether an answer may go to this peer, for all that is known of its address. When not, it is
   * asked for a sign that the address is its own (RFC 9175 §2.3).
   */
  boolean admits(Exchange to, List<CoapOption> options, Body payload);

  /** How many answers wait to be sent although their requests are not open any more. */
  int unsent();

  /** An option that a peer has to send back to show that it got it. */
  CoapOption challenge(Effects<CoapFrame> out);
}
