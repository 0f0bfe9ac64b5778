"""LIDO as museums deliver it."""

NAMESPACES = (
    'xmlns:lido="http://www.lido-schema.org" '
    'xmlns:skos="http://www.w3.org/2004/02/skos/core#"'
)


def wrapped(*records):
    inner = "".join(records)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<lido:lidoWrap {NAMESPACES}>{inner}</lido:lidoWrap>".encode()


def simple(number, *, picture="", title="Bauernhof, im Winter"):
    resource = ""
    if picture:
        resource = f"""
        <lido:administrativeMetadata xml:lang="de"><lido:resourceWrap>
         <lido:resourceSet><lido:resourceRepresentation>
          <lido:linkResource>{picture}</lido:linkResource>
         </lido:resourceRepresentation></lido:resourceSet>
        </lido:resourceWrap></lido:administrativeMetadata>"""
    return f"""
    <lido:lido>
     <lido:lidoRecID lido:type="local">DE-Example/obj/{number}</lido:lidoRecID>
     <lido:descriptiveMetadata xml:lang="de">
      <lido:objectIdentificationWrap>
       <lido:titleWrap><lido:titleSet>
        <lido:appellationValue>{title}</lido:appellationValue>
       </lido:titleSet></lido:titleWrap>
       <lido:repositoryWrap><lido:repositorySet>
        <lido:workID lido:type="inventory number">KG {number}</lido:workID>
       </lido:repositorySet></lido:repositoryWrap>
      </lido:objectIdentificationWrap>
     </lido:descriptiveMetadata>{resource}
    </lido:lido>"""


RICH = """
<lido:lido>
 <lido:lidoRecID lido:type="local" lido:source="museum">DE-MUS-1/4711</lido:lidoRecID>
 <lido:category><skos:Concept><skos:prefLabel>Man-Made Object</skos:prefLabel>
 </skos:Concept></lido:category>
 <lido:descriptiveMetadata xml:lang="de">
  <lido:objectClassificationWrap>
   <lido:objectWorkTypeWrap><lido:objectWorkType>
    <lido:conceptID lido:type="URI">http://d-nb.info/gnd/4037220-0</lido:conceptID>
    <lido:term>Gemälde</lido:term>
    <lido:term xml:lang="en">painting</lido:term>
    <lido:term lido:addedSearchTerm="yes">Bild</lido:term>
   </lido:objectWorkType></lido:objectWorkTypeWrap>
   <lido:classificationWrap>
    <lido:classification><lido:term>Landschaft</lido:term></lido:classification>
   </lido:classificationWrap>
  </lido:objectClassificationWrap>
  <lido:objectIdentificationWrap>
   <lido:titleWrap>
    <lido:titleSet lido:type="alternative">
     <lido:appellationValue lido:pref="alternate">Winterhof</lido:appellationValue>
    </lido:titleSet>
    <lido:titleSet lido:pref="preferred">
     <lido:appellationValue lido:pref="preferred" xml:lang="de">Bauernhof im Winter
     </lido:appellationValue>
     <lido:appellationValue lido:pref="preferred" xml:lang="en">Farm in Winter
     </lido:appellationValue>
    </lido:titleSet>
   </lido:titleWrap>
   <lido:repositoryWrap>
    <lido:repositorySet lido:type="former">
     <lido:workID lido:type="inventory number">ALT 1</lido:workID>
    </lido:repositorySet>
    <lido:repositorySet lido:type="current">
     <lido:repositoryName><lido:legalBodyName>
      <lido:appellationValue>Kunsthalle Beispiel</lido:appellationValue>
     </lido:legalBodyName></lido:repositoryName>
     <lido:workID lido:type="former inventory number">ALT 2</lido:workID>
     <lido:workID lido:type="local">4711</lido:workID>
     <lido:workID lido:type="Inventarnummer">KG 17/3</lido:workID>
     <lido:repositoryLocation><lido:namePlaceSet>
      <lido:appellationValue>Kiel</lido:appellationValue>
     </lido:namePlaceSet></lido:repositoryLocation>
    </lido:repositorySet>
   </lido:repositoryWrap>
   <lido:objectDescriptionWrap><lido:objectDescriptionSet>
    <lido:descriptiveNoteValue>Ein Hof &amp; Schnee.&lt;br&gt;Links ein Baum.
    </lido:descriptiveNoteValue>
   </lido:objectDescriptionSet></lido:objectDescriptionWrap>
   <lido:objectMeasurementsWrap><lido:objectMeasurementsSet>
    <lido:displayObjectMeasurements xml:lang="de">Höhe: 40 cm, Breite: 60 cm
    </lido:displayObjectMeasurements>
    <lido:displayObjectMeasurements xml:lang="en">40 by 60 cm
    </lido:displayObjectMeasurements>
    <lido:objectMeasurements><lido:measurementsSet>
     <lido:measurementType>height</lido:measurementType>
     <lido:measurementUnit>cm</lido:measurementUnit>
     <lido:measurementValue>40</lido:measurementValue>
    </lido:measurementsSet></lido:objectMeasurements>
   </lido:objectMeasurementsSet></lido:objectMeasurementsWrap>
  </lido:objectIdentificationWrap>
  <lido:eventWrap>
   <lido:eventSet><lido:event>
    <lido:eventType>
     <lido:conceptID lido:type="URI">http://terminology.lido-schema.org/lido00001
     </lido:conceptID><lido:term>Erwerb</lido:term>
    </lido:eventType>
    <lido:eventActor><lido:displayActorInRole>Frau Muster (Stifterin)
    </lido:displayActorInRole></lido:eventActor>
    <lido:eventDate><lido:displayDate>1921</lido:displayDate></lido:eventDate>
   </lido:event></lido:eventSet>
   <lido:eventSet><lido:event>
    <lido:eventType>
     <lido:conceptID lido:type="URI">http://terminology.lido-schema.org/lido00007
     </lido:conceptID>
     <lido:term xml:lang="de">Herstellung</lido:term>
    </lido:eventType>
    <lido:eventActor>
     <lido:displayActorInRole>Marta Lind (1850-1920), Malerin</lido:displayActorInRole>
     <lido:actorInRole><lido:actor lido:type="person">
      <lido:nameActorSet>
       <lido:appellationValue lido:pref="preferred">Lind, Marta</lido:appellationValue>
       <lido:appellationValue lido:pref="alternate">Lindt, M.</lido:appellationValue>
      </lido:nameActorSet></lido:actor>
      <lido:roleActor><lido:term>Malerin</lido:term></lido:roleActor>
     </lido:actorInRole>
    </lido:eventActor>
    <lido:eventDate>
     <lido:displayDate>um 1880</lido:displayDate>
     <lido:date><lido:earliestDate>1875</lido:earliestDate>
      <lido:latestDate>1885</lido:latestDate></lido:date>
    </lido:eventDate>
    <lido:eventPlace><lido:place><lido:namePlaceSet>
     <lido:appellationValue>Skagen</lido:appellationValue>
    </lido:namePlaceSet></lido:place></lido:eventPlace>
    <lido:eventMaterialsTech><lido:materialsTech>
     <lido:termMaterialsTech><lido:term xml:lang="de">Öl</lido:term>
      <lido:term xml:lang="en">oil</lido:term></lido:termMaterialsTech>
     <lido:termMaterialsTech><lido:term xml:lang="de">Leinwand</lido:term>
      <lido:term xml:lang="en">canvas</lido:term></lido:termMaterialsTech>
    </lido:materialsTech></lido:eventMaterialsTech>
   </lido:event></lido:eventSet>
  </lido:eventWrap>
 </lido:descriptiveMetadata>
 <lido:administrativeMetadata xml:lang="de">
  <lido:rightsWorkWrap><lido:rightsWorkSet>
   <lido:creditLine>Kunsthalle Beispiel, Foto: A. Muster</lido:creditLine>
  </lido:rightsWorkSet></lido:rightsWorkWrap>
  <lido:recordWrap>
   <lido:recordID lido:type="local">4711</lido:recordID>
   <lido:recordType><lido:term>Einzelobjekt</lido:term></lido:recordType>
   <lido:recordSource><lido:legalBodyName><lido:appellationValue>Kunsthalle
   </lido:appellationValue></lido:legalBodyName></lido:recordSource>
   <lido:recordInfoSet><lido:recordInfoLink lido:formatResource="html">
    https://museum.org/objekt/4711</lido:recordInfoLink></lido:recordInfoSet>
  </lido:recordWrap>
  <lido:resourceWrap>
   <lido:resourceSet lido:sortorder="2">
    <lido:resourceRepresentation><lido:linkResource>https://museum.org/b.jpg
    </lido:linkResource></lido:resourceRepresentation>
   </lido:resourceSet>
   <lido:resourceSet lido:sortorder="1">
    <lido:resourceRepresentation lido:type="image_thumb">
     <lido:linkResource>https://museum.org/a_klein.jpg</lido:linkResource>
    </lido:resourceRepresentation>
    <lido:resourceRepresentation lido:type="provided_image">
     <lido:linkResource lido:formatResource="image/jpeg">https://museum.org/a.jpg
     </lido:linkResource>
    </lido:resourceRepresentation>
    <lido:resourceType><lido:term>Digitales Bild</lido:term></lido:resourceType>
    <lido:rightsResource><lido:rightsType>
     <lido:conceptID lido:type="URI">https://creativecommons.org/licenses/by/4.0/
     </lido:conceptID><lido:term>CC BY 4.0</lido:term>
    </lido:rightsType></lido:rightsResource>
   </lido:resourceSet>
   <lido:resourceSet>
    <lido:resourceRepresentation><lido:linkResource>https://museum.org/a.pdf
    </lido:linkResource></lido:resourceRepresentation>
   </lido:resourceSet>
   <lido:resourceSet lido:sortorder="3">
    <lido:resourceRepresentation><lido:linkResource>https://museum.org/film
    </lido:linkResource></lido:resourceRepresentation>
    <lido:resourceType><lido:term>Video</lido:term></lido:resourceType>
   </lido:resourceSet>
  </lido:resourceWrap>
 </lido:administrativeMetadata>
</lido:lido>
"""
