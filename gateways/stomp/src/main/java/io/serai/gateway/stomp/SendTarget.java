package io.serai.gateway.stomp;

import io.serai.model.Address;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * Where a SEND goes and what becomes of it: all that its head says, worked out.
 *
 * @param encoding the headers that belong to the message
 * @param declares whether the queue it names is declared when there is none
 * @param isShaped whether it says what the queue is like, so that one that exists must be like it
 * @param arguments the queue's arguments, from {@code x-} headers
 * @param transaction the transaction it belongs to, or null
 */
record SendTarget(
    Address address,
    StompEncoding encoding,
    boolean declares,
    boolean isShaped,
    Value.MapOf arguments,
    @Nullable String transaction,
    Answer answer) {}
