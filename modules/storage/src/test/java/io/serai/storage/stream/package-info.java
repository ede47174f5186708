/** Tests of the stream. */
package io.serai.storage.stream;
